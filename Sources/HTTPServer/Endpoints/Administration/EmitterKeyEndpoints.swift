internal import AccessControl
internal import Authentication
internal import HTTPTypes
internal import Platform

/// The keys of those who send records.
extension Service {
  static let emitterKeyEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/emitter-keys", "List emitter keys",
      about: "Without their secrets, which nobody has. Revoked ones stay in the list.",
      tag: "emitter keys", access: .scoped(.manageEmitterKeys),
      answers: [
        EndpointAnswer(
          200, "The oldest first.",
          schema: .object([.init("keys", .array(.named("EmitterKey", keySchema), nil))]))
      ]
    ) { request, service in
      let keys = service.administration.listKeys(of: request.scope.organizations)
      return .json(.members(["keys": .array(keys.map { json($0) })]))
    },
    Endpoint(
      .post, "/api/admin/emitter-keys", "Make an emitter key",
      about: "`key` is shown in this answer and never again.", tag: "emitter keys",
      access: .scoped(.manageEmitterKeys),
      body: .json(
        .object([
          .init("label", .text(1...128), "what it is for"),
          .init(
            "kinds",
            .array(.choice(RecordKind.allCases.map(\.rawValue)), 1...RecordKind.allCases.count),
            "the kinds of records that it may send"),
        ]), largestByteCount: 16 * 1024),
      answers: [
        EndpointAnswer(
          201, "The key.",
          schema: .object([
            .init("key", .string), .init("emitter_key", .named("EmitterKey", keySchema)),
          ]))
      ]
    ) { request, service in
      guard case .only(let names) = request.scope.organizations, names.count == 1,
        let organization = names.first
      else {
        throw Problem.parameter(
          "organization_id", "missing", "a key is of one organisation: name it")
      }
      guard let label = request.json?.members?["label"]?.text.flatMap(Identifier.init) else {
        throw Problem.invalid("label", "length", "must be \(Identifier.allowed)")
      }
      let kinds = Set(
        (request.json?.members?["kinds"]?.elements ?? []).compactMap {
          $0.text.flatMap(RecordKind.init)
        })
      let made = try await service.run {
        try Problem.ofEmitterKeys {
          try service.administration.createKey(
            for: organization, kinds: kinds, label: label, by: AuditActor(request.principal),
            at: request.time, requestID: request.id.text)
        }
      }
      var response = ServiceResponse.json(
        .members([
          "key": .text(String(decoding: made.text.expose(), as: UTF8.self)),
          "emitter_key": json(made.key),
        ]), status: .created)
      response.headers[.cacheControl] = "no-store"
      return response
    },
    Endpoint(
      .delete, "/api/admin/emitter-keys/{id}", "Revoke an emitter key",
      about: "What it sends from here on is refused.", tag: "emitter keys",
      access: .scoped(.manageEmitterKeys),
      parameters: [.path("id", .text(1...64), "The key's name: 16 hexadecimal digits.")],
      answers: [EndpointAnswer(204, "It is revoked.", types: [])]
    ) { request, service in
      let id = request.arguments.text("id") ?? ""
      try await service.run {
        try Problem.ofEmitterKeys {
          try service.administration.revokeKey(
            id, within: request.scope.organizations, by: AuditActor(request.principal),
            at: request.time, requestID: request.id.text)
        }
      }
      return .noContent
    },
  ]

  private static let keySchema: Schema = .object([
    .init("id", .string), .init("organization_id", .string), .init("kinds", .array(.string, nil)),
    .init("label", .string), .init("created_by", .string), .init("created_at", .string),
    .init("revoked_at", .nullable(.string)),
  ])

  private static func json(_ key: EmitterKey) -> JSONValue {
    .members([
      "id": .text(key.id), "organization_id": .text(key.organization.text),
      "kinds": .array(key.kinds.map(\.rawValue).sorted().map { .text($0) }),
      "label": .text(key.label.text), "created_by": .text(key.creator.text),
      "created_at": .text(ISOTime.text(key.created)),
      "revoked_at": key.revoked.map { .text(ISOTime.text($0)) } ?? .null,
    ])
  }
}

extension Problem {
  fileprivate static func ofEmitterKeys<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch EmitterKeyStoreError.unknownKey {
      throw Problem.notFound("there is no such emitter key")
    } catch EmitterKeyStoreError.alreadyRevoked {
      throw Problem(.conflict, "already_revoked", "Already revoked", "this key is revoked already")
    } catch EmitterKeyStoreError.tooMany {
      throw Problem(
        .conflict, "too_many_keys", "Too many keys", EmitterKeyStoreError.tooMany.description)
    } catch is AuditLogError {
      throw Problem.notRecorded
    }
  }
}
