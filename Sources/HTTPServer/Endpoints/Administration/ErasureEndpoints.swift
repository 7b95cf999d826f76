internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import HTTPTypes
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
      return .json(.members(["erasures": .array(receipts.map { erasureJSON($0) })]))
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
        return .json(
          isDryRun
            ? try service.erasurePlan(erasure) : try service.erase(erasure, asked: request))
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

  private static let receiptSchema: Schema = .object([
    .init(
      "id", .nullable(.string),
      "Of the receipt; null for a dry run, and where the person was in reports only."),
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
      "Files of weekly reports that the person was taken out of; null in the list of receipts, and where they could not be looked through: asking again does it."
    ),
    .init(
      "clean", .nullable(.boolean),
      "Whether looking through all files found nothing; null where nobody looked."),
  ])

  static func erasureJSON(_ receipt: ErasureReceipt, reportCount: Int? = nil) -> JSONValue {
    erasureJSON(
      receipt.id, UnixTime(milliseconds: receipt.time), receipt.effect,
      removedSnapshotCount: receipt.removedSnapshots.count, remaining: receipt.search?.places,
      isClean: receipt.search?.isClean, reportCount: reportCount)
  }

  static func erasureJSON(
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
