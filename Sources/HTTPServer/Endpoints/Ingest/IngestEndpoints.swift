internal import AccessControl
internal import Intake

extension Service {
  static let ingestEndpoints: [Endpoint] =
    [
      ingestion(
        "events", .event, "Take an event, or several", fromPeople: true,
        about: """
          With a token: views of pages (`page_view`) and what belongs to learning, without figures of \
          cost, tokens or outcome.
          """),
      Endpoint(
        .post, "/api/analytics/events/batch", "Take a batch of events",
        about: common + " The answer is that of a batch, whatever the body.", tag: "ingest",
        access: .emitterOrPerson(.event), body: .records(IngestSchema.body(.event)),
        answers: [EndpointAnswer(200, "What became of each.", schema: IngestSchema.batch)]
      ) { try await $1.ingest($0, as: .event, isAlwaysBatch: true) },
      ingestion("token-usage", .tokenUsage, "Take what requests to models used"),
      ingestion("requests", .request, "Take requests to an API"),
      ingestion(
        "sessions/login", .login, "Begin a session", fromPeople: true,
        about: """
          The id is the sender's choice, so that sending it again does nothing. With a token address and \
          browser are those of the connection.
          """),
      ingestion(
        "sessions/heartbeat", .heartbeat, "Say that a session goes on", fromPeople: true,
        about: "Once a minute is right; more than one in 15 seconds, and unknown ones, are ignored."
      ),
      ingestion("sessions/logout", .logout, "End a session", fromPeople: true),
      ingestion(
        "feedback", .feedback, "Take ratings", fromPeople: true,
        about: "The first rating of a person for a request stands; another one is a duplicate."),
      ingestion("threats", .threat, "Take threats"),
      ingestion(
        "users", .user, "Take what is known of people",
        about: "Fields that a record does not name stay as they are; null clears one."),
      ingestion(
        "resources", .resource, "Take whose things are",
        about: "Fields that a record does not name stay as they are; null clears one."),
    ]

  private static let common = """
    One record, an array of records, or an object with such an array as `events`; also with \
    `Content-Encoding: gzip`. What is answered is on disk. With an `Idempotency-Key` the same body \
    gets the same answer again, with `Idempotency-Replayed: true`. A record that is refused is among the \
    dead letters; by itself it is answered with 422, in a list it is under `failed`.
    """

  private static func ingestion(
    _ path: String, _ kind: IntakeKind, _ summary: String, fromPeople: Bool = false,
    about: String = ""
  ) -> Endpoint {
    Endpoint(
      .post, "/api/analytics/\(path)", summary,
      about: about.isEmpty ? common : "\(common)\n\n\(about)",
      tag: "ingest",
      access: fromPeople ? .emitterOrPerson(kind.recordKind) : .emitter(kind.recordKind),
      body: .records(IngestSchema.body(kind)),
      answers: [
        EndpointAnswer(
          200, "What became of it, or of each where a list was sent.", schema: IngestSchema.answer)
      ]
    ) { try await $1.ingest($0, as: kind) }
  }
}
