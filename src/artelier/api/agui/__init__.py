"""AG-UI: what front ends for agents speak. Source: https://docs.ag-ui.com (protocol 1.0)."""
