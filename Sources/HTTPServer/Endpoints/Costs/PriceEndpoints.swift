internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import HTTPTypes
internal import Logging
internal import Persistence
internal import Platform
internal import Pricing

/// What tokens and resources cost (`Documentation/costs.md`).
extension Service {
  static let priceEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/prices", "List the prices of models and resources",
      about: """
        Each is in force from `valid_from` on, until the next one of the same item and organisation. \
        Dollars per 1,000,000 tokens, and per unit of a resource.
        """,
      tag: "costs", access: .everywhere(.operate),
      answers: [EndpointAnswer(200, "By item, organisation and time.", schema: listSchema)]
    ) { _, service in
      let book = try await service.run { try service.priceBook() }
      return .json(
        .members([
          "prices": .array(book.prices.map { JSONValue(price: $0) }),
          "units": .members([
            "tokens": "USD per 1000000 tokens", "gpu": "USD per hour",
            "storage": "USD per GB-month", "inference": "USD per 1000 requests",
          ]),
        ]))
    },
    Endpoint(
      .put, "/api/admin/prices", "Set and remove prices",
      about: """
        All of it, or nothing. Those in `prices` take the place of those with the same item, organisation \
        and `valid_from`; others stay. Each is an entry of the audit log. Events that are stored keep \
        their cost.
        """,
      tag: "costs", access: .everywhere(.operate),
      body: .json(
        .object([
          .init("prices", .array(.any, 0...PriceChange.largestCount), isRequired: false),
          .init(
            "remove", .array(.any, 0...PriceChange.largestCount), isRequired: false,
            "by model or resource, organization_id and valid_from"),
          .init("units", .any, isRequired: false, "passed over"),
        ])),
      answers: [
        EndpointAnswer(
          200, "What was done.",
          schema: .object([.init("set", .count), .init("removed", .count)]))
      ]
    ) { request, service in
      guard let json = request.json else { throw Problem.internalError }
      return try await service.run {
        do {
          let outcome = try PriceList(service.engine, audit: service.administration.audit).change(
            PriceDocument.change(json), by: AuditActor(request.principal), at: request.time,
            requestID: request.id.text)
          return .json(
            .members([
              "set": .integer(Int64(outcome.set)), "removed": .integer(Int64(outcome.removed)),
            ]))
        } catch let problem as PriceProblem {
          throw Problem.invalid(
            problem.items.map { .init($0.place.isEmpty ? "body" : $0.place, $0.rule, $0.message) })
        } catch let error as AuditLogError {
          service.log.error("prices are not changed", metadata: ["reason": "\(error)"])
          throw Problem.storeUnavailable
        } catch let error as StoreError {
          service.log.error("prices are not changed", metadata: ["reason": "\(error)"])
          throw Problem.storeUnavailable
        }
      }
    },
  ]

  /// As they are now.
  func priceBook() throws -> PriceBook {
    do throws(DamagedChunk) {
      return try prices.book(in: database.store.catalog())
    } catch {
      log.error("the prices cannot be read", metadata: ["reason": "\(error.reason)"])
      throw Problem.internalError
    }
  }

  private static let listSchema: Schema = .object([
    .init(
      "prices",
      .array(
        .named(
          "Price",
          .object([
            .init("model", .string, isRequired: false),
            .init(
              "resource", .choice(Resource.allCases.map(\.rawValue)), isRequired: false,
              "in place of a model"),
            .init("organization_id", .nullable(.string), "null: all that have none of their own"),
            .init("valid_from", .string),
            .init("prompt_usd", .number, isRequired: false),
            .init("completion_usd", .number, isRequired: false),
            .init("cached_usd", .nullable(.number), isRequired: false, "null: as other prompts"),
            .init(
              "reasoning_usd", .nullable(.number), isRequired: false, "null: as other completions"),
            .init("rate_usd", .number, isRequired: false, "of a resource"),
          ])), nil)),
    .init("units", .map(.string)),
  ])
}

extension JSONValue {
  fileprivate init(price: Price) {
    self = .object(
      PriceDocument.members(price).map { Member($0.name, JSONValue($0.value)) })
  }
}

extension Problem {
  static let storeUnavailable: Problem = {
    var problem = Problem(
      .serviceUnavailable, "store_unavailable", "Not stored", "nothing was changed",
      hint: "see the service's log")
    problem.retryAfter = 1
    return problem
  }()
}
