public import AccessControl
public import Authentication

/// Who sends records: what the key, or the token of a person, says.
public struct Emitter: Sendable, Hashable {
  /// Of the key; never the key itself.
  public var id: String
  /// The organisation that its records are of; `nil`: any, each says its own.
  public var organization: OrganizationID?
  public var kinds: Set<RecordKind>
  /// The person who is signed in: records are of nobody else.
  public var user: UserID?
  /// Where the person is: a login is from there, whatever its record says.
  public var client: EmitterClient?

  public init(
    id: String, organization: OrganizationID?, kinds: Set<RecordKind>, user: UserID? = nil,
    client: EmitterClient? = nil
  ) {
    self.id = id
    self.organization = organization
    self.kinds = kinds
    self.user = user
    self.client = client
  }

  /// People who are signed in, of records of themselves. All have one account in the books.
  public init(
    user: UserID, of organization: OrganizationID, kind: RecordKind, client: EmitterClient
  ) {
    self.init(
      id: Self.people, organization: organization, kinds: [kind], user: user, client: client)
  }

  /// The name of that account; names of keys are hexadecimal digits.
  public static let people = "people"
}

/// What a connection says of the client.
public struct EmitterClient: Sendable, Hashable {
  public var address: String
  public var userAgent: String?

  public init(address: String, userAgent: String?) {
    self.address = address
    self.userAgent = userAgent
  }
}

/// What a deployment lays down for all records.
public struct IntakeRules: Sendable {
  public var limits = IntakeLimits()
  public var eventTypes = EventTypes()
  public var metadata = MetadataNames()
  /// Of IP addresses only the network is stored.
  public var anonymizesAddresses = false
  public var pseudonymizer: Pseudonymizer
  public var userAgents: UserAgentReader?
  public var countries: CountryDatabase?

  public init(pseudonymizer: Pseudonymizer) { self.pseudonymizer = pseudonymizer }
}

/// Why a body was refused as a whole: nothing of it was stored.
public struct IntakeRefusal: Error, Equatable, Sendable {
  public enum Code: String, Sendable {
    case malformed = "malformed_json"
    case tooLarge = "body_too_large"
    case tooMany = "too_many_records"
    case invalidEnvelope = "invalid_envelope"
    case kindNotAllowed = "kind_not_allowed"
    /// The `Idempotency-Key` came before with another body.
    case keyReused = "idempotency_key_reused"
    case invalidKey = "invalid_idempotency_key"
    /// The same batch is being stored this moment.
    case inProgress = "in_progress"
    /// The disk, or its room: what was acknowledged is kept, and nothing more is taken.
    case notStored = "not_stored"
  }

  public var code: Code
  public var message: String
  /// A byte of the body.
  public var position: Int?

  public init(_ code: Code, _ message: String, position: Int? = nil) {
    self.code = code
    self.message = message
    self.position = position
  }
}

/// What became of the records of a body, in its order.
public struct IntakeOutcome: Equatable, Sendable {
  /// Stored, and on disk.
  public var accepted: [String] = []
  /// Stored before: nothing was added.
  public var duplicates: [String] = []
  /// Not stored, but among the dead letters.
  public var failed: [IntakeFailure] = []
  /// Heartbeats that came too soon, and messages of sessions that are unknown.
  public var ignored: [String] = []
  /// The answer to an `Idempotency-Key` that came before.
  public var isReplay = false
  /// The body had a list of records; otherwise it was one record by itself.
  public var isBatch = false
  /// The session that the one message of the body was about, where it is known.
  public var session: SessionSummary?
  public var scrubbed = ScrubCounts()

  public init() {}

  public var recordCount: Int {
    accepted.count + duplicates.count + failed.count + ignored.count
  }
}

/// Why one record was not stored.
public struct IntakeFailure: Equatable, Sendable {
  /// Its place in the body.
  public var index: Int
  /// What its emitter calls it, where that could be read.
  public var id: String?
  public var problem: RecordProblem
  public var message: String

  public init(index: Int, id: String?, problem: RecordProblem, message: String) {
    self.index = index
    self.id = id
    self.problem = problem
    self.message = message
  }
}
