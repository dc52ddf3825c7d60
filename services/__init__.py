"""One folder for each thing you can start; none imports another, the command line may import all."""
