internal import Persistence

/// How the service is.
struct HealthReport {
  var status: String
  var isReadOnly: Bool

  init(of service: Service) {
    isReadOnly = service.database.failure != nil
    status = isReadOnly ? "read_only" : "ok"
  }

  static let publicSchema = Schema.named(
    "Health",
    .object([
      .init("status", .choice(["ok", "read_only"]), "`read_only`: the disk refused a change.")
    ]))

  var publicJSON: JSONValue { .members(["status": .text(status)]) }
}
