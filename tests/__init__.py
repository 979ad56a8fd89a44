"""What must be true: the folders mirror the packages; `journeys` tells whole therapies."""
