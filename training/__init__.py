"""Makes the weights of the claim models from the corpus; needed to change them, never to run the program."""
