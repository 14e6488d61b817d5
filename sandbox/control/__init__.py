"""What stands under `/_sandbox`: to see the shop, to act in it as people do, and to order what goes wrong."""
