"""The pages on which labels are sent to printers, and printers are kept."""
