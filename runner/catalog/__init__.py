"""The catalogue: products and variants of a shop follow the warehouse's."""
