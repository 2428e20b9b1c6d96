"""What programs made for OpenAI speak: models, chat completions, responses."""
