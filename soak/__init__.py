"""The soak: a whole house under steady load with every fault at a low rate, watched for anything that grows."""
