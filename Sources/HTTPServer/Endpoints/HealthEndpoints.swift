internal import AccessControl

extension Service {
  static let healthEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/health", "Say whether the service can answer",
      about: "For load balancers and the like: it needs no token and says nothing of the data.",
      tag: "operations", access: .open,
      answers: [EndpointAnswer(200, "It can.", schema: HealthReport.publicSchema)]
    ) { _, service in .json(HealthReport(of: service).publicJSON) },
    Endpoint(
      .get, "/api/dashboard/health/", "Say how the service is",
      about: "How many tables and rows there are is told to those who operate the service.",
      tag: "operations", access: .capable(.readAnalytics),
      answers: [EndpointAnswer(200, "How it is.", schema: HealthReport.schema)]
    ) { request, service in
      let reach = AccessTable.standard.reach(of: request.principal.role, for: .operate)
      return .json(HealthReport(of: service).json(withCounts: reach == .everything))
    },
  ]
}
