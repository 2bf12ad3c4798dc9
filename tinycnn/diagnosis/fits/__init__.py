"""What an array is made of, found by fitting, where no single usual mistake fits.

`patterns` tries mistakes one by one. Here a few numbers are unknown: how much of the
kernel was added, where a gradient was clipped, what an optimiser keeps of its past.
They are computed from the array, and the equation that they give is a finding only if
it holds for every number.
"""
