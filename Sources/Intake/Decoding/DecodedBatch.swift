internal import AccessControl
internal import ColumnStore

/// The records of one body: checked, scrubbed, and not yet compared with what is stored.
struct DecodedBatch {
  let schema: RecordSchema
  let rowCount: Int
  /// By field of the schema.
  var fields: [FieldValues]
  /// What is wrong with each record: the first thing, or the first that no replay can put right. Those
  /// without are to be stored.
  private(set) var problems: [RecordProblem?]
  private(set) var problemCount = 0
  /// Of all that the emitter said, as it is stored: the same however often it is sent.
  var contentHashes: [UInt64]
  private(set) var organizations: [OrganizationID] = []
  private var numbers: [OrganizationID: Int32] = [:]
  /// The place of a record's organisation among them, or -1.
  var rowOrganizations: [Int32]
  var counts = ScrubCounts()
  var sequence: Int64?
  var stream: String?
  var isBatch = false
  /// Records that say null, by column: only of kinds whose rows are changed.
  var cleared: [String: Set<Int>] = [:]

  init(_ schema: RecordSchema, rowCount: Int) {
    self.schema = schema
    self.rowCount = rowCount
    fields = schema.fields.map { _ in .absent }
    problems = Array(repeating: nil, count: rowCount)
    contentHashes = Array(repeating: 0, count: rowCount)
    rowOrganizations = Array(repeating: -1, count: rowCount)
  }

  mutating func refuse(_ row: Int, _ code: ProblemCode, _ field: String? = nil) {
    guard let known = problems[row] else {
      problems[row] = RecordProblem(code, field)
      problemCount += 1
      return
    }
    // Its dead letter lacks what could not be read: a replay must not store the rest.
    if known.code.isReplayable, !code.isReplayable { problems[row] = RecordProblem(code, field) }
  }

  subscript(name: String) -> FieldValues {
    schema.index(name).map { fields[$0] } ?? .absent
  }

  func organization(_ row: Int) -> OrganizationID? {
    let place = Int(rowOrganizations[row])
    return place < 0 ? nil : organizations[place]
  }

  mutating func number(of organization: OrganizationID) -> Int32 {
    if let known = numbers[organization] { return known }
    organizations.append(organization)
    numbers[organization] = Int32(organizations.count - 1)
    return Int32(organizations.count - 1)
  }

  /// What the emitter calls its records: their ids, or what comes closest to one.
  var names: FieldValues {
    switch schema.kind {
    case .event, .tokenUsage, .request, .threat: self["client_event_id"]
    case .login, .heartbeat, .logout: self["session_id"]
    case .feedback: self["request_id"]
    case .user: self["user_id"]
    case .resource: self["resource_id"]
    }
  }
}
