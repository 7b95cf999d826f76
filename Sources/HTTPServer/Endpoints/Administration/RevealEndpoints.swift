internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import Engine
internal import HTTPTypes
internal import Platform

/// Reveals: asked for with a reason, for minutes, on the record.
extension Service {
  static let revealEndpoints: [Endpoint] = [
    Endpoint(
      .post, "/api/admin/reveal", "Ask to see sealed columns",
      about: """
        For superadmins of the configuration's allowlist. The reveal works for its owner alone, in requests \
        that name it in the header `X-Daybook-Reveal`, until it ends. Being granted, each use and being \
        refused are written to the audit log first.
        """, tag: "reveal", access: .capable(.reveal),
      body: .json(bodySchema, largestByteCount: 16 * 1024),
      answers: [EndpointAnswer(201, "The reveal.", schema: .named("Reveal", schema))]
    ) { request, service in
      let (reason, columns, organizations, seconds) = try read(request.json)
      let grant = try await service.run {
        try refuseUnlessHidden(columns, service.engine.store.catalog())
        do throws(RevealRefusal) {
          return try service.administration.reveals.grant(
            to: request.principal, reason: reason, organizations: organizations, columns: columns,
            duration: .seconds(seconds), at: request.time)
        } catch {
          throw Problem(error)
        }
      }
      return .json(json(grant), status: .created)
    },
    Endpoint(
      .get, "/api/admin/reveal", "List one's open reveals", tag: "reveal",
      access: .capable(.reveal),
      answers: [
        EndpointAnswer(
          200, "Those that have not ended, the first to end first.",
          schema: .object([.init("reveals", .array(.named("Reveal", schema), nil))]))
      ]
    ) { request, service in
      let grants = try await service.run {
        service.administration.reveals.grants(of: request.principal, at: request.time)
      }
      return .json(.members(["reveals": .array(grants.map { json($0) })]))
    },
    Endpoint(
      .delete, "/api/admin/reveal", "End reveals before their time",
      about: "The one that `id` names, of anybody; without it, all of one's own.", tag: "reveal",
      access: .capable(.reveal),
      parameters: [.query("id", .text(32...32), "The reveal's name.")],
      answers: [
        EndpointAnswer(
          200, "How many ended.", schema: .object([.init("ended", .count)]))
      ]
    ) { request, service in
      let reveals = service.administration.reveals
      var named: RevealGrant.ID?
      if let text = request.arguments.text("id") {
        guard let id = RevealGrant.ID(text) else {
          throw Problem.parameter("id", "type", "must be 32 hexadecimal digits in lower case")
        }
        named = id
      }
      let count = try await service.run { [named] in
        let ids =
          named.map { [$0] }
          ?? reveals.grants(of: request.principal, at: request.time).map(\.id)
        for id in ids {
          do throws(RevealRefusal) {
            try reveals.end(id, by: request.principal, at: request.time)
          } catch {
            throw Problem(error)
          }
        }
        return ids.count
      }
      return .json(.members(["ended": .integer(Int64(count))]))
    },
  ]

  /// A grant for a column that is open, or not there, opens nothing: whoever misspelt it learns it now.
  private static func refuseUnlessHidden(
    _ columns: Set<SealedColumn>, _ catalog: Catalog
  ) throws(Problem) {
    let hidden = catalog.tables.values.flatMap { table in
      table.schema.columns.filter { $0.label == .sealed || $0.label == .freeText }.map {
        "\(table.schema.name).\($0.name)"
      }
    }.sorted()
    let open = columns.map(\.description).filter { !hidden.contains($0) }.sorted()
    guard open.isEmpty else {
      throw .invalid(
        "columns", "unknown",
        "\(open.joined(separator: ", ")) is no sealed column; there are \(hidden.joined(separator: ", "))"
      )
    }
  }

  private static let bodySchema: Schema = .object([
    .init("reason", .text(0...4096), RevealReason.allowed),
    .init("columns", .array(.text(1...257), nil), "sealed columns, as `table.column`"),
    .init(
      "organizations", .array(.text(1...128), 1...100), isRequired: false,
      "the caller's own, if left out"),
    .init("all_organizations", .boolean, isRequired: false, "rows of every organisation"),
    .init("duration_seconds", .integer(nil), isRequired: false, "1 to 900, which is the default"),
  ])

  private static let schema: Schema = .object([
    .init("id", .string), .init("reason", .string), .init("columns", .array(.string, nil)),
    .init("organizations", .nullable(.array(.string, nil)), "null: all"),
    .init("starts_at", .string), .init("ends_at", .string),
  ])

  private static func read(
    _ json: StrictJSON?
  ) throws(Problem) -> (String, Set<SealedColumn>, RequestedOrganizations, Int64) {
    let members = json?.members ?? [:]
    var columns: Set<SealedColumn> = []
    for (index, element) in (members["columns"]?.elements ?? []).enumerated() {
      guard let column = element.text.flatMap(SealedColumn.init) else {
        throw .invalid("columns[\(index)]", "type", "must be table.column")
      }
      columns.insert(column)
    }
    var organizations = RequestedOrganizations.own
    if let elements = members["organizations"]?.elements {
      let names = elements.compactMap { $0.text.flatMap(OrganizationID.init) }
      guard names.count == elements.count else {
        throw .invalid("organizations", "length", "each must be \(Identifier.allowed)")
      }
      organizations = .named(Set(names))
    }
    if members["all_organizations"] == .bool(true) {
      guard organizations == .own else {
        throw .invalid("all_organizations", "conflict", "is true, but organizations names some")
      }
      organizations = .all
    }
    return (
      members["reason"]?.text ?? "", columns, organizations,
      members["duration_seconds"]?.integer ?? 900
    )
  }

  private static func json(_ grant: RevealGrant) -> JSONValue {
    let organizations: JSONValue =
      switch grant.scope.organizations {
      case .all: .null
      case .only(let names): .array(names.sorted().map { .text($0.text) })
      }
    return .members([
      "id": .text(grant.id.description), "reason": .text(grant.reason.text),
      "columns": .array(grant.scope.columns.sorted().map { .text($0.description) }),
      "organizations": organizations, "starts_at": .text(ISOTime.text(grant.start)),
      "ends_at": .text(ISOTime.text(grant.end)),
    ])
  }
}

extension Problem {
  init(_ refusal: RevealRefusal) {
    let text = refusal.description
    switch refusal {
    case .badReason: self = .invalid("reason", "length", text)
    case .badDuration: self = .invalid("duration_seconds", "range", text)
    case .noColumns, .tooManyColumns: self = .invalid("columns", "count", text)
    case .organizations(let refusal): self = Problem(refusal)
    case .noSuchGrant: self = .notFound(text)
    case .tooManyGrants: self = .busy(text, retryAfter: 60)
    case .notRecorded:
      self = Problem(.serviceUnavailable, "not_recorded", "Not recorded", text)
    case .notAllowed, .columnNotGranted, .organizationNotGranted:
      self = Problem(.forbidden, "reveal_refused", "Reveal refused", text)
    }
  }
}
