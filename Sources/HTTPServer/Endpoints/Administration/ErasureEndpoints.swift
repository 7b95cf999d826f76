internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import Engine
internal import HTTPTypes
internal import Intake
internal import Jobs
internal import Logging
internal import Persistence
internal import Platform

/// Erasing a person (`Documentation/erasure.md`).
extension Service {
  static let erasureEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/erasures", "List the receipts of erasures",
      about: "They do not say who it was.", tag: "erasure", access: .everywhere(.operate),
      answers: [
        EndpointAnswer(
          200, "The oldest first.",
          schema: .object([.init("erasures", .array(.named("Erasure", receiptSchema), nil))]))
      ]
    ) { _, service in
      let receipts = try await service.run {
        do throws(PersistenceError) { return try service.database.erasures() } catch {
          service.log.error("the receipts cannot be read", metadata: ["reason": "\(error)"])
          throw Problem(
            .serviceUnavailable, "no_receipts", "No receipts", "the receipts cannot be read",
            hint: "see the service's log")
        }
      }
      return .json(.members(["erasures": .array(receipts.map { json($0) })]))
    },
    Endpoint(
      .post, "/api/admin/erasures", "Erase a person",
      about: """
        Removes the rows of one person, and every text that only these had, from tables, journal and \
        snapshots. All older snapshots are removed, and it cannot be undone: `dry_run` says first what \
        would go.
        """,
      tag: "erasure", access: .everywhere(.operate),
      body: .json(
        .object([
          .init("user_id", .text(1...128), "whom"),
          .init("dry_run", .boolean, isRequired: false, "only say what would go"),
          .init(
            "replace", .array(.text(3...257), 0...100), isRequired: false,
            "More columns that name people in another part, as `table.column`: their rows stay, with `erased` in place of the name."
          ),
        ]), largestByteCount: 1 << 15),
      answers: [
        EndpointAnswer(
          200, "What went, or with `dry_run` would go.", schema: .named("Erasure", receiptSchema))
      ]
    ) { request, service in
      guard let identity = request.json?.members?["user_id"]?.text else {
        throw Problem.invalid("user_id", "missing", "name the person")
      }
      let replaced = try replacedColumns(request.json)
      let isDryRun = request.json?.members?["dry_run"] == .bool(true)
      return try await service.run {
        let columns = service.database.store.catalog().erasureColumns.filter { column in
          !replaced.contains { $0.table == column.table && $0.column == column.column }
        }
        let erasure = Erasure(identity: identity, columns: columns + replaced)
        if isDryRun {
          let plan = try Problem.ofErasure { () throws(ErasureError) in
            try service.database.erasurePlan(erasure)
          }
          return .json(
            json(
              nil, nil, plan.effect, removedSnapshotCount: plan.snapshots.count,
              remaining: plan.remaining, isClean: nil,
              reportCount: try service.reports(of: identity, removing: false)))
        }
        // First: who is in no table any more may be in old reports, and is then not found below.
        let reportCount = try service.reports(of: identity, removing: true)
        let receipt = try Problem.ofErasure { () throws(ErasureError) in
          try service.engine.erase(erasure, from: service.database)
        }
        // Those that were written meanwhile.
        let newCount = try service.reports(of: identity, removing: true)
        if let user = UserID(identity) { service.intake.forgetSessions(of: user) }
        service.record(receipt, by: request)
        // Rows are gone that were counted.
        service.live.restore(from: service.database.store, request.log)
        return .json(json(receipt, reportCount: reportCount + newCount))
      }
    },
  ]

  private static func replacedColumns(_ json: StrictJSON?) throws(Problem) -> [Erasure.Column] {
    var columns: [Erasure.Column] = []
    for (index, element) in (json?.members?["replace"]?.elements ?? []).enumerated() {
      guard let column = element.text.flatMap(Erasure.Column.init(replacing:)) else {
        throw .invalid("replace[\(index)]", "type", "must be table.column")
      }
      columns.append(column)
    }
    return columns
  }

  /// Files of weekly reports in which somebody stands; `removing`: until now.
  private func reports(of identity: String, removing: Bool) throws(Problem) -> Int {
    do throws(PersistenceError) {
      return try jobs.reports(of: identity, removing: removing)
    } catch {
      log.error("reports of a person were not looked through", metadata: ["reason": "\(error)"])
      throw Problem(
        .serviceUnavailable, "not_erased", "Not erased",
        "the folder of reports could not be read or written",
        hint: "see the service's log, and ask again")
    }
  }

  /// It has happened by now, and the receipt is kept: a log that cannot be written is said, and no more.
  private func record(_ receipt: ErasureReceipt, by request: ServiceRequest) {
    do {
      try administration.audit.append(
        .userErased(
          receipt: receipt.id,
          rows: receipt.effect.tables.reduce(0) { $0 + $1.rowCount + $1.replacedRowCount }),
        by: AuditActor(request.principal), of: .all, at: request.time, requestID: request.id.text)
    } catch {
      log.error("an erasure is not on the record", metadata: ["receipt": "\(receipt.id)"])
    }
  }

  private static let receiptSchema: Schema = .object([
    .init("id", .nullable(.string), "Of the receipt; null for a dry run."),
    .init("erased_at", .nullable(.string)),
    .init(
      "tables",
      .array(
        .object([
          .init("table", .string), .init("rows", .count), .init("replaced_rows", .count),
          .init("former_rows", .count, "Earlier versions of rows, and deleted ones."),
        ]), nil)),
    .init("texts", .count, "Texts that no row has any more."),
    .init("removed_snapshots", .count),
    .init(
      "remaining",
      .nullable(
        .array(
          .object([.init("table", .string), .init("column", .string), .init("rows", .count)]), nil)
      ),
      "Columns that still name the person, and would or do stay as they are: `replace` names them. Null where nobody looked."
    ),
    .init(
      "reports", .nullable(.count),
      "Files of weekly reports that the person was taken out of; null in the list of receipts."),
    .init(
      "clean", .nullable(.boolean),
      "Whether looking through all files found nothing; null where nobody looked."),
  ])

  private static func json(_ receipt: ErasureReceipt, reportCount: Int? = nil) -> JSONValue {
    json(
      receipt.id, UnixTime(milliseconds: receipt.time), receipt.effect,
      removedSnapshotCount: receipt.removedSnapshots.count, remaining: receipt.search?.places,
      isClean: receipt.search?.isClean, reportCount: reportCount)
  }

  private static func json(
    _ id: String?, _ time: UnixTime?, _ effect: ErasureEffect, removedSnapshotCount: Int,
    remaining: [ValuePlace]?, isClean: Bool?, reportCount: Int?
  ) -> JSONValue {
    .members([
      "id": id.map { .text($0) } ?? .null,
      "erased_at": time.map { .text(ISOTime.text($0)) } ?? .null,
      "tables": .array(
        effect.tables.map {
          .members([
            "table": .text($0.table), "rows": .integer(Int64($0.rowCount)),
            "replaced_rows": .integer(Int64($0.replacedRowCount)),
            "former_rows": .integer(Int64($0.formerRowCount)),
          ])
        }),
      "texts": .integer(Int64(effect.textCount)),
      "removed_snapshots": .integer(Int64(removedSnapshotCount)),
      "remaining": remaining.map { places in
        .array(
          places.map {
            .members([
              "table": .text($0.table), "column": .text($0.column),
              "rows": .integer(Int64($0.rowCount)),
            ])
          })
      } ?? .null,
      "reports": reportCount.map { .integer(Int64($0)) } ?? .null,
      "clean": isClean.map { .boolean($0) } ?? .null,
    ])
  }
}

extension Problem {
  fileprivate static func ofErasure<Value>(_ body: () throws(ErasureError) -> Value) throws -> Value
  {
    do throws(ErasureError) {
      return try body()
    } catch {
      // What the disk says names files, and is for the log of whoever runs the service.
      switch error.reason {
      case .notFound: throw Problem.notFound(error.message)
      case .invalid:
        throw Problem(.conflict, "cannot_erase", "Cannot erase", error.message, hint: error.hint)
      case .inUse: throw Problem.busy("others are changing the tables", retryAfter: 5)
      case .disk, .damaged:
        throw Problem(
          .serviceUnavailable, "not_erased", "Not erased",
          "the data folder could not be written or read: nothing was erased",
          hint: "see the service's log and `daybook snapshot verify`")
      }
    }
  }
}
