internal import AccessControl
internal import HTTPTypes
internal import Persistence

extension Service {
  static let healthEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/health", "Say whether the service is alive",
      about: """
        For supervisors: 200 as long as it answers, also where changes need a restart (`read_only`). It needs no \
        token and says nothing of the data.
        """,
      tag: "operations", access: .open,
      answers: [EndpointAnswer(200, "It is.", schema: HealthReport.publicSchema)]
    ) { _, service in .json(HealthReport(of: service).publicJSON) },
    Endpoint(
      .get, "/ready", "Say whether the service takes records",
      about: "For load balancers: 503 where it only reads, since the disk refused a change.",
      tag: "operations", access: .open,
      answers: [
        EndpointAnswer(200, "It does.", schema: HealthReport.publicSchema),
        EndpointAnswer(
          503, "It does not until it is started again.", schema: HealthReport.publicSchema),
      ]
    ) { _, service in
      let report = HealthReport(of: service)
      return .json(
        report.publicJSON, status: service.database.failure == nil ? .ok : .serviceUnavailable)
    },
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
