"""The workload and its floor: what a page costs, compared with the plainest page of the same stack."""
