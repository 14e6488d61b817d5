"""What is wrong in a shop: looked for by SQL that anybody may add to, put right by the engine or by people."""
