"""What may be lost: tiers that keep bytes for a while."""
