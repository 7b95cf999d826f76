// QueryExecution
