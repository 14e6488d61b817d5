"""`python -m sandbox`"""

from sandbox.command import command as main

__all__ = ["main"]

if __name__ == "__main__":
    main(prog_name="sandbox")
