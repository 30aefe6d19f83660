"""What a person sees, types and interrupts."""
