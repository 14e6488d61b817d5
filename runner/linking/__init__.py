"""What every subject needs of both sides: a shop read as a whole, its variants linked to products, plans to go live on."""
