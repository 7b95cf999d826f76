extension Service {
  static let healthEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/health", "Say whether the service can answer",
      about: "For load balancers and the like: it needs no token and says nothing of the data.",
      tag: "operations", access: .open,
      answers: [EndpointAnswer(200, "It can.", schema: HealthReport.publicSchema)]
    ) { _, service in .json(HealthReport(of: service).publicJSON) }
  ]
}
