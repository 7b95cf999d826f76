internal import Analytics
internal import ColumnStore

/// People as JSON.
enum PersonJSON {
  static let path = EndpointParameter.path("user_id", .text(1...128), "The person.")

  static func json(_ person: Person) -> JSONValue {
    .object(
      [
        .init("user_id", .text(person.id)),
        .init("organization_id", person.organization.map { .text($0) } ?? .null),
      ]
        + Person.attributeNames.map { name in
          .init(name, person.attributes[name].map { RowJSON.value($0) } ?? .null)
        } + [
          .init(
            "last_active_at", person.lastActiveAt.map { AnalyticsJSON.time($0) } ?? .null),
          .init("events", .integer(person.activities)),
          .init("sessions", .integer(person.sessions)),
          .init("generations", .integer(person.generations)),
          .init("tokens", person.tokens.map { .integer($0) } ?? .null),
          .init("cost_usd", AnalyticsJSON.number(person.cost)),
        ])
  }

  static let schema = Schema.named(
    "Person",
    .object(
      [.init("user_id", .string), .init("organization_id", .nullable(.string))]
        + Person.attributeNames.map {
          .init($0, .nullable(.string), $0 == "email" ? "Hidden unless revealed." : "")
        } + [
          .init("last_active_at", .nullable(.string), "The last activity up to the range's end."),
          .init(
            "events", .count, "What the person did in the range; tokens are not counted again."),
          .init("sessions", .count), .init("generations", .count, "That succeeded."),
          .init("tokens", .nullable(.count), "Null: nothing has any."),
          .init("cost_usd", .nullable(.number), "Estimated, of use: without storage."),
        ]))
}
