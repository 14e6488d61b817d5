"""What every subject needs of both sides: a shop read whole, variants linked to products, plans to go live on."""
