internal import AccessControl
internal import CXXHash
internal import ColumnStore

/// Counts the rows of a batch, column by column and by the codes of its texts: what a text means is looked
/// up once for each that is different, and nothing is allocated per row.
struct ActivityCounting {
  private static let stride = ActivityCounter.count + 1
  /// Where rows are counted of which nobody asks.
  private static let nowhere = ActivityCounter.count
  /// Days that are told apart: that of now, the next, and any other.
  private static let dayCount = 3

  private let batch: DecodedBatch
  private let rows: [UInt32]
  private let now: Int64
  /// By organisation and day, `stride` numbers each.
  private var sums: [Int64]
  /// Where the numbers of each of `rows` begin.
  private var places: [Int]

  static func count(
    _ batch: DecodedBatch, _ rows: [UInt32], at now: Int64, version: UInt64
  ) -> ActivityBatch {
    var counting = ActivityCounting(batch, rows, now)
    counting.countTypes()
    counting.countOutcomes()
    counting.sum("prompt_tokens", .promptTokens)
    counting.sum("completion_tokens", .completionTokens)
    counting.sum("total_tokens", .totalTokens)
    return ActivityBatch(
      version: version, received: now, parts: counting.parts, people: counting.people)
  }

  private init(_ batch: DecodedBatch, _ rows: [UInt32], _ now: Int64) {
    self.batch = batch
    self.rows = rows
    self.now = now
    sums = Array(repeating: 0, count: batch.organizations.count * Self.dayCount * Self.stride)
    places = Array(repeating: 0, count: rows.count)
    let day = Calendar.millisecondsPerDay
    let midnight = Calendar.floorDivide(now, day) * day
    let times: [Int64]
    let validity: [UInt8]
    if case .integers(let values, let given) = batch["ts"] {
      (times, validity) = (values, given)
    } else {
      (times, validity) = ([], [])
    }
    for (index, row) in rows.enumerated() {
      let row = Int(row)
      var which = 0
      if !times.isEmpty, validity[row] != 0 {
        let time = times[row]
        which =
          time < midnight || time >= midnight + 2 * day ? 2 : time < midnight + day ? 0 : 1
      }
      places[index] = (Int(batch.rowOrganizations[row]) * Self.dayCount + which) * Self.stride
    }
  }

  private mutating func countTypes() {
    let fixed: ActivityCounter? = batch.schema.kind == .request ? .apiCalls : nil
    guard case .text(let types) = batch["event_type"] else {
      for place in places {
        sums[place + ActivityCounter.events.rawValue] += 1
        sums[place + (fixed?.rawValue ?? Self.nowhere)] += 1
      }
      return
    }
    let counters = (0..<types.pool.count).map {
      ActivityCounter.byEventType[types.pool.string($0)]?.rawValue ?? Self.nowhere
    }
    for (index, row) in rows.enumerated() {
      let place = places[index]
      sums[place + ActivityCounter.events.rawValue] += 1
      if let code = types.code(Int(row)) { sums[place + counters[Int(code)]] += 1 }
    }
  }

  /// C9: an error is a status of failure, a code of an error, or an HTTP status of 400 and more.
  private mutating func countOutcomes() {
    if case .text(let statuses) = batch["status"] {
      let failures = (0..<statuses.pool.count).map { statuses.pool.string($0) == "failed" }
      let isOther = Self.marks(batch, rows)
      for (index, row) in rows.enumerated() {
        let code = statuses.code(Int(row))
        let isError = isOther.map { $0[index] & 2 != 0 } ?? false
        let isOutcome = isOther.map { $0[index] & 1 != 0 } ?? false
        let place = places[index]
        sums[place + ActivityCounter.outcomes.rawValue] += code != nil || isOutcome ? 1 : 0
        sums[place + ActivityCounter.errors.rawValue] +=
          isError || (code.map { failures[Int($0)] } ?? false) ? 1 : 0
      }
    } else if let marks = Self.marks(batch, rows) {
      for (index, place) in places.enumerated() {
        sums[place + ActivityCounter.outcomes.rawValue] += Int64(marks[index] & 1)
        sums[place + ActivityCounter.errors.rawValue] += Int64(marks[index] >> 1)
      }
    }
  }

  /// What the codes of errors and of HTTP say of each row: 1 an outcome, 3 an error. `nil` where there are
  /// none at all.
  private static func marks(_ batch: DecodedBatch, _ rows: [UInt32]) -> [UInt8]? {
    var marks: [UInt8]?
    if case .text(let codes) = batch["error_code"] {
      marks = rows.map { codes.isNull(Int($0)) ? 0 : 3 }
    }
    if case .integers(let codes, let validity) = batch["status_code"] {
      var both = marks ?? Array(repeating: 0, count: rows.count)
      for (index, row) in rows.enumerated() where validity[Int(row)] != 0 {
        both[index] |= codes[Int(row)] >= 400 ? 3 : 1
      }
      marks = both
    }
    return marks
  }

  private mutating func sum(_ field: String, _ counter: ActivityCounter) {
    guard case .integers(let values, let validity) = batch[field] else { return }
    for (index, row) in rows.enumerated() where validity[Int(row)] != 0 {
      sums[places[index] + counter.rawValue] &+= values[Int(row)]
    }
  }

  private var parts: [ActivityBatch.Part] {
    let today = Calendar.floorDivide(now, Calendar.millisecondsPerDay)
    var parts: [ActivityBatch.Part] = []
    for place in Swift.stride(from: 0, to: sums.count, by: Self.stride)
    where sums[place + ActivityCounter.events.rawValue] > 0 {
      let which = place / Self.stride % Self.dayCount
      let organization = batch.organizations[place / Self.stride / Self.dayCount]
      parts.append(
        ActivityBatch.Part(
          organization: organization, day: which == 2 ? nil : today + Int64(which),
          counts: ActivityCounts(sums[place..<place + ActivityCounter.count])))
    }
    return parts
  }

  /// Who did something lately. A person may be named twice.
  private var people: [ActivityBatch.Person] {
    guard case .text(let users) = batch["user_id"] else { return [] }
    let oldest = now - ActiveWindow.milliseconds
    var isIdle: [Bool] = []
    var types: TextColumn?
    if case .text(let column) = batch["event_type"] {
      types = column
      isIdle = (0..<column.pool.count).map {
        ActivityCounter.typesWithoutActivity.contains(column.pool.string($0))
      }
    }
    var times: ([Int64], [UInt8])?
    if case .integers(let values, let validity) = batch["ts"] { times = (values, validity) }
    // Of each user of the batch: the latest, and in which organisation; an organisation that differs is a
    // person of its own.
    var latest = [Int64](repeating: .min, count: users.pool.count)
    var owners = [Int32](repeating: -1, count: users.pool.count)
    var people: [ActivityBatch.Person] = []
    func add(_ code: Int) {
      guard owners[code] >= 0 else { return }
      people.append(
        ActivityBatch.Person(
          hash: users.pool.withBytes(code) { ActivityBatch.Person.hash(of: $0) },
          organization: batch.organizations[Int(owners[code])], latest: latest[code]))
    }
    for row in rows {
      let row = Int(row)
      guard let code = users.code(row).map({ Int($0) }) else { continue }
      if let type = types?.code(row), isIdle[Int(type)] { continue }
      var time = now
      if let (values, validity) = times, validity[row] != 0 { time = values[row] }
      guard time >= oldest else { continue }
      let organization = batch.rowOrganizations[row]
      if owners[code] != organization {
        add(code)
        owners[code] = organization
        latest[code] = time
      } else if time > latest[code] {
        latest[code] = time
      }
    }
    for code in owners.indices { add(code) }
    return people
  }
}

/// How long somebody is active after what he did.
public enum ActiveWindow {
  public static let milliseconds: Int64 = 300_000
}

extension ActivityBatch.Person {
  static func hash(of user: UnsafeBufferPointer<UInt8>) -> UInt64 {
    XXH3_64bits(user.baseAddress, user.count)
  }
}

extension ActivityBatch {
  /// Of events that were made here, at `now`.
  init(_ events: [StoredActivity.MadeEvent], at now: Int64, version: UInt64) {
    let today = Calendar.floorDivide(now, Calendar.millisecondsPerDay)
    var counts: [OrganizationID: ActivityCounts] = [:]
    var people: [Person] = []
    for event in events {
      counts[event.organization, default: ActivityCounts()][.events] += 1
      if let counter = ActivityCounter.byEventType[event.type] {
        counts[event.organization, default: ActivityCounts()][counter] += 1
      }
      people.append(
        Person(
          hash: Person.hash(of: event.user.text), organization: event.organization, latest: now))
    }
    self.init(
      version: version, received: now,
      parts: counts.sorted { $0.key < $1.key }.map {
        Part(organization: $0.key, day: today, counts: $0.value)
      }, people: people)
  }
}
