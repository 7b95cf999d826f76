internal import AccessControl
internal import ColumnStore
internal import HTTPTypes
internal import Logging
internal import Persistence
internal import Platform

/// Snapshots of a running service: what a backup copies.
extension Service {
  static let snapshotEndpoints: [Endpoint] = [
    Endpoint(
      .post, "/api/admin/snapshots", "Write a snapshot of all tables now",
      about: """
        As `CHECKPOINT` does: others read and write meanwhile. One is written after the other, and after a job that \
        runs. It answers when the snapshot is on disk; \
        `daybook snapshot restore` makes a data folder of it, also while the service runs. That it was asked \
        for is on the record.
        """,
      tag: "operations", access: .everywhere(.operate),
      answers: [EndpointAnswer(201, "The newest snapshot.", schema: snapshotSchema)]
    ) { request, service in
      // Where jobs run: one at a time, which the tables' log asks for as well, and not on the threads of queries.
      try await service.jobWork.run {
        do throws(AuditLogError) {
          try service.administration.audit.append(
            .snapshotRequested, by: AuditActor(request.principal), of: .all, at: request.time,
            requestID: request.id.text)
        } catch {
          throw Problem.notRecorded
        }
        do throws(StoreError) { try service.database.checkpoint() } catch {
          request.log.error("a snapshot was not written", metadata: ["reason": "\(error)"])
          throw Problem(
            .serviceUnavailable, "not_written", "Not written",
            "the snapshot could not be written; the newest one before it is still whole",
            hint: "see the service's log")
        }
        let health = service.database.health
        return .json(
          .members([
            "snapshot": health.snapshot.map { .text($0.description) } ?? .null,
            "position": .integer(Int64(clamping: health.snapshotPosition)),
            "taken_at": health.snapshotTime.map {
              .text(ISOTime.text(UnixTime(milliseconds: $0)))
            } ?? .null,
          ]), status: .created)
      }
    }
  ]

  private static let snapshotSchema: Schema = .named(
    "Snapshot",
    .object([
      .init("snapshot", .nullable(.string), "Its number, as `daybook snapshot list` has it."),
      .init("position", .count, "The last change that it has."),
      .init("taken_at", .nullable(.string)),
    ]))
}
