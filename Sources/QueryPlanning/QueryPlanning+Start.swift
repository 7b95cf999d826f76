// QueryPlanning
