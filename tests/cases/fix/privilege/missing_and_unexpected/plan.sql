-- there is nothing that a plan can do; hazards: none

