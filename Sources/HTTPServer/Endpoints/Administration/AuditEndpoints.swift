internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import Engine
internal import HTTPTypes
internal import Platform
internal import QueryPlanning

/// The audit log over HTTP: reading it, and adding what the host has done.
extension Service {
  static let auditEndpoints: [Endpoint] =
    ["/api/admin/audit/me", "/audit/me"].map(ownAudit)
    + ["/api/admin/audit/entity/{type}/{id}", "/audit/entity/{type}/{id}"].map(entityAudit)
    + ["/api/admin/audit/project/{id}", "/audit/project/{id}"].map(projectAudit)
    + ["/api/admin/audit/organization", "/audit/organization"].map(organizationAudit)
    + ["/api/admin/audit", "/audit"].map(auditEntry)

  // MARK: - Reading

  private static func ownAudit(_ path: String) -> Endpoint {
    Endpoint(
      .get, path, "List what one did oneself",
      about: "Newest first. `total` counts all that the filters let through.", tag: "audit",
      access: .scoped(.readOwnRecords), parameters: AuditParameters.filters,
      answers: [EndpointAnswer(200, "The entries.", schema: AuditEntryJSON.own.list(isPaged: true))]
    ) { request, service in
      var query = AuditQuery(.actor(request.principal.user))
      try AuditParameters.read(
        request, of: request.scope.organizations, service, into: &query)
      return try await service.answer(
        query, request, scope: request.scope, as: .own, isPaged: true)
    }
  }

  private static func organizationAudit(_ path: String) -> Endpoint {
    Endpoint(
      .get, path, "List what was done in an organisation",
      about: """
        Newest first. `user_email` compares a sealed column, which takes a reveal of \
        `audit_log.user_email`; `user_id` takes none.
        """, tag: "audit", access: .scoped(.readAuditLog),
      parameters: AuditParameters.filters + AuditParameters.people,
      answers: [
        EndpointAnswer(
          200, "The entries.",
          schema: AuditEntryJSON.full.list(
            isPaged: true, with: [.init("organization_id", .nullable(.string))]))
      ]
    ) { request, service in
      var query = AuditQuery(.everything)
      try AuditParameters.read(
        request, of: request.scope.organizations, service, into: &query)
      try AuditParameters.readPeople(request.arguments, into: &query)
      return try await service.answer(
        query, request, scope: request.scope, as: .full, isPaged: true,
        ["organization_id": request.scope.organizations.onlyName.map { .text($0) } ?? .null])
    }
  }

  private static func entityAudit(_ path: String) -> Endpoint {
    Endpoint(
      .get, path, "List what was done to a thing",
      about: """
        For managers and admins of its organisation, and for whom the token's `entities` names it as \
        `type:id`.
        """, tag: "audit", access: .capable(.readOwnRecords),
      parameters: [
        .path("type", .text(1...128), "Its kind: `project`, `dataset`, ..."),
        .path("id", .text(1...128), "Its name."), AuditParameters.limit,
      ] + OrganizationParameters.allToRead,
      answers: [
        EndpointAnswer(
          200, "The entries, newest first.",
          schema: AuditEntryJSON.entity.list(
            isPaged: false, with: [.init("entity_type", .string), .init("entity_id", .string)]))
      ]
    ) { request, service in
      let type = request.arguments.text("type") ?? ""
      let id = request.arguments.text("id") ?? ""
      let entity = try AuditParameters.entity(type, id)
      let scope = try AuditParameters.scope(of: request, over: entity)
      var query = AuditQuery(.entity(entity))
      query.limit = request.arguments.integer("limit") ?? AuditQuery.defaultLimit
      return try await service.answer(
        query, request, scope: scope, as: .entity, isPaged: false,
        ["entity_type": .text(type), "entity_id": .text(id)])
    }
  }

  private static func projectAudit(_ path: String) -> Endpoint {
    Endpoint(
      .get, path, "List what was done to a project and in it",
      about: "Entries on the project, and those whose context names it.", tag: "audit",
      access: .capable(.readOwnRecords),
      parameters: [
        .path("id", .text(1...128), "The project."), AuditParameters.limit,
      ] + OrganizationParameters.allToRead,
      answers: [
        EndpointAnswer(
          200, "The entries, newest first.",
          schema: AuditEntryJSON.full.list(
            isPaged: false, with: [.init("project_id", .string)]))
      ]
    ) { request, service in
      let id = request.arguments.text("id") ?? ""
      let entity = try AuditParameters.entity("project", id)
      let scope = try AuditParameters.scope(of: request, over: entity)
      var query = AuditQuery(.project(entity.id))
      query.limit = request.arguments.integer("limit") ?? AuditQuery.defaultLimit
      return try await service.answer(
        query, request, scope: scope, as: .full, isPaged: false, ["project_id": .text(id)])
    }
  }

  /// Asks the engine with what the caller may see, and with the columns that a reveal opens.
  private func answer(
    _ query: AuditQuery, _ request: ServiceRequest, scope: RowScope, as shape: AuditEntryJSON,
    isPaged: Bool, _ head: KeyValuePairs<String, JSONValue> = [:]
  ) async throws -> ServiceResponse {
    let grant = try await reveal(of: request, over: scope.organizations)
    let opened = (grant?.scope.columns ?? []).filter {
      $0.table.text == "audit_log" && AuditQuery.sealedColumns.contains($0.column.text)
    }
    guard query.userEmail == nil || opened.contains(where: { $0.column.text == "user_email" })
    else {
      throw Problem.forbidden(
        "user_email compares a sealed column, which takes a reveal of audit_log.user_email",
        hint: "user_id takes none")
    }
    var session = session(for: request)
    session.fixedNow = request.time.milliseconds
    session.access = QueryAccess(rows: scope, mayOperate: false, mayWrite: false)
    // Recorded around the whole question, below.
    session.access.reveal = grant.map {
      Reveal(columns: .named(opened), organizations: $0.scope.organizations)
    }
    let start = session
    let principal = request.principal.revealing(with: grant?.id)
    let (rows, redacted, total) = try await run { [engine, administration] in
      do {
        return try administration.reading(
          opened, by: principal, over: scope.organizations, at: request.time
        ) {
          let found = try Self.entries(query, isCounted: isPaged, engine, start)
          return (found, rows: found.rows.count)
        }
      } catch let refusal as RevealRefusal {
        throw Problem(refusal)
      }
    }
    var members = head.map { JSONValue.Member($0.key, $0.value) }
    members.append(.init("logs", .array(rows.map { shape.json($0) })))
    members.append(.init("redacted", shape.redacted(redacted)))
    if isPaged {
      members += [
        .init("total", .integer(total)), .init("limit", .integer(Int64(query.limit))),
        .init("offset", .integer(Int64(query.offset))),
      ]
    }
    var response = ServiceResponse.json(.object(members))
    if scope.organizations == .all { response.headers[ServiceResponder.organizations] = "all" }
    return response
  }

  private static func entries(
    _ query: AuditQuery, isCounted: Bool, _ engine: Engine, _ start: Session
  ) throws -> (rows: [AuditRow], redacted: [String], total: Int64) {
    var session = start
    let list = query.statement
    let answer = try engine.execute(list.sql, parameters: list.parameters, in: &session)
    let rows = answer.rows.map { AuditRow($0) }
    guard isCounted else { return (rows, answer.redactedColumns, Int64(rows.count)) }
    let count = query.countStatement
    let total = try engine.execute(count.sql, parameters: count.parameters, in: &session)
    var number: Int64 = 0
    if let value = total.rows.first?.first, case .integer(let found) = value { number = found }
    return (rows, answer.redactedColumns, number)
  }

  // MARK: - Writing

  private static func auditEntry(_ path: String) -> Endpoint {
    Endpoint(
      .post, path, "Write down what somebody did",
      about: """
        For services, with an emitter key of kind `audit`; the entry belongs to the key's organisation. \
        The actor's address and role are kept as they are sent. It is durable when this answers. With a \
        header `Idempotency-Key`, 1 to 128 visible characters, it may be sent again: it is written once.
        """, tag: "audit", access: .emitter(.audit),
      body: .json(AuditEntryJSON.draftSchema, largestByteCount: 64 * 1024),
      answers: [
        EndpointAnswer(201, "Its name.", schema: writtenSchema),
        EndpointAnswer(200, "It was written when it was first sent.", schema: writtenSchema),
      ]
    ) { request, service in
      guard let json = request.json, let key = request.emitter else { throw Problem.internalError }
      let draft: AuditDraft
      do throws(AuditDraftProblem) {
        draft = try AuditDraft(json, at: request.time)
      } catch {
        throw Problem.invalid(error.fields.map { .init($0.name, "invalid", $0.rule) })
      }
      if let named = draft.organization, named != key.organization {
        throw Problem.forbidden(
          "this emitter key is of another organisation", hint: "leave organization_id out")
      }
      let entry = draft.entry(for: key.organization)
      let once = try idempotencyKey(of: request)
      let outcome = try await service.run { () throws(Problem) -> AuditLog.Outcome in
        let log = service.administration.audit
        do throws(AuditLogError) {
          guard let once else { return .written(id: try log.append([entry]).first ?? "") }
          return try log.append(entry, once: once)
        } catch {
          throw Problem(
            .serviceUnavailable, "not_recorded", "Not recorded", "the audit log cannot be written")
        }
      }
      func answer(_ id: String, _ status: HTTPResponse.Status) -> ServiceResponse {
        .json(
          .members(["id": .text(id), "description": .text(entry.description)]), status: status)
      }
      switch outcome {
      case .written(let id): return answer(id, .created)
      case .known(let id): return answer(id, .ok)
      case .inProgress:
        var problem = Problem(
          .conflict, "in_progress", "In progress", "another request writes this entry now")
        problem.retryAfter = 1
        throw problem
      case .otherEntry:
        throw Problem(
          .unprocessableContent, "idempotency_conflict", "Idempotency conflict",
          "this Idempotency-Key was sent with another entry",
          errors: [.init("Idempotency-Key", "taken", "must be one that no other entry has")],
          hint: "a new entry takes a new key")
      }
    }
  }

  private static let writtenSchema: Schema = .object([
    .init("id", .string), .init("description", .string),
  ])

  private static func idempotencyKey(of request: ServiceRequest) throws(Problem) -> String? {
    guard let name = HTTPField.Name("Idempotency-Key") else { return nil }
    let values = request.headers[values: name]
    guard let key = values.first else { return nil }
    let isVisible = key.utf8.allSatisfy { (33...126).contains($0) }
    guard values.count == 1, isVisible, (1...128).contains(key.utf8.count) else {
      throw .invalid(
        name.rawName, "length", "must be there once, and 1 to 128 visible characters of ASCII")
    }
    return key
  }
}

extension OrganizationScope {
  /// The name, where there is just one.
  var onlyName: String? {
    guard case .only(let names) = self, names.count == 1 else { return nil }
    return names.first?.text
  }
}
