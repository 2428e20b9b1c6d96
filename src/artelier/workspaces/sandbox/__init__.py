"""Where commands of agents run: walls around them, and a look at what they left behind."""
