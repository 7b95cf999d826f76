internal import Foundation
internal import Synchronization

/// The offsets of one time zone from UTC, as a table that is fast to search.
///
/// Transitions of the years 1800 to 2400 come from the system's zone database. Before the first the
/// zone's earliest offset holds; from 2400 on the rules of 2000 to 2399 repeat, as the calendar
/// does every 400 years.
public final class TimeZoneRules: Sendable {
  /// As it was asked for, spelled as the database spells it.
  public let name: String
  /// Instants (milliseconds) at which the offset changes, ascending.
  public let transitions: [Int64]
  /// Milliseconds to add to UTC: `offsets[i]` holds from transition `i - 1` until transition `i`.
  public let offsets: [Int64]

  public static let utc = TimeZoneRules(name: "UTC", fixedOffset: 0)

  init(name: String, fixedOffset: Int64) {
    self.name = name
    transitions = []
    offsets = [fixedOffset]
  }

  private init(name: String, zone: TimeZone) {
    self.name = name
    var transitions: [Int64] = []
    var instant = Date(timeIntervalSince1970: Double(Self.firstInstant / 1_000))
    var offsets = [Int64(zone.secondsFromGMT(for: instant)) * 1_000]
    let end = Date(timeIntervalSince1970: Double(Self.repetitionStart / 1_000))
    while let next = zone.nextDaylightSavingTimeTransition(after: instant), next > instant,
      next < end
    {
      let offset = Int64(zone.secondsFromGMT(for: next)) * 1_000
      // Some transitions change the name only.
      if offset != offsets.last {
        transitions.append(Int64(next.timeIntervalSince1970.rounded()) * 1_000)
        offsets.append(offset)
      }
      instant = next
    }
    self.transitions = transitions
    self.offsets = offsets
  }

  /// 1800-01-01.
  private static let firstInstant: Int64 = -5_364_662_400_000
  /// 2400-01-01; from here on the 400 years before repeat.
  private static let repetitionStart: Int64 = 13_569_465_600_000
  private static let repetition: Int64 = 146_097 * Calendar.millisecondsPerDay

  /// The offset when it never changes; 0 for UTC.
  public var fixedOffset: Int64? { transitions.isEmpty ? offsets[0] : nil }

  public var isUTC: Bool { fixedOffset == 0 }

  /// Which offset holds at an instant.
  public func offset(atInstant instant: Int64) -> Int64 {
    range(atInstant: instant).offset
  }

  /// The offset at an instant and the instants around it for which it holds too: loops over rows
  /// that lie close together look up once.
  public func range(atInstant instant: Int64) -> (offset: Int64, from: Int64, upTo: Int64) {
    var shift: Int64 = 0
    if instant >= Self.repetitionStart, !transitions.isEmpty {
      shift =
        (instant - Self.repetitionStart) / Self.repetition &* Self.repetition
        &+ Self.repetition
    }
    let index = countOfTransitions(until: instant &- shift)
    var from = index == 0 ? Int64.min : transitions[index - 1] &+ shift
    var upTo = index == transitions.count ? Int64.max : transitions[index] &+ shift
    if shift != 0 {
      // Instants of one repetition only.
      let start = shift &+ Self.repetitionStart &- Self.repetition
      from = max(from, start)
      upTo = min(
        upTo,
        start.addingReportingOverflow(Self.repetition).overflow
          ? .max : start &+ Self.repetition)
    } else if !transitions.isEmpty {
      upTo = min(upTo, Self.repetitionStart)
    }
    return (offsets[index], from, upTo)
  }

  /// How many transitions lie at or before the instant.
  private func countOfTransitions(until instant: Int64) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The wall clock at an instant.
  public func local(fromInstant instant: Int64) -> Int64 {
    instant &+ offset(atInstant: instant)
  }

  /// The instant of a wall clock, as PostgreSQL chooses: in a gap the offset before it, when the
  /// clock shows a time twice the later one.
  public func instant(fromLocal local: Int64) -> Int64 {
    if let fixedOffset { return local &- fixedOffset }
    let before = offset(atInstant: local &- Calendar.millisecondsPerDay)
    let after = offset(atInstant: local &+ Calendar.millisecondsPerDay)
    if before == after, offset(atInstant: local &- before) == before { return local &- before }
    // An offset is right if it holds at the instant that it leads to.
    let early = local &- max(before, after)
    let late = local &- min(before, after)
    let isEarlyRight = offset(atInstant: early) == local &- early
    let isLateRight = offset(atInstant: late) == local &- late
    if isLateRight { return late }
    if isEarlyRight { return early }
    return local &- before
  }
}

extension TimeZoneRules {
  private static let known = Mutex<[String: TimeZoneRules]>([:])

  /// The zone of an IANA name (any case), `UTC`, `Z` or a fixed offset such as `+05:30`, where plus
  /// is east of Greenwich; `nil` when there is none. Zones are built once.
  public static func named(_ name: String) -> TimeZoneRules? {
    if let rules = known.withLock({ $0[name] }) { return rules }
    guard let rules = make(name) else { return nil }
    known.withLock { known in
      // Names come from outside: the cache must not grow without bound.
      if known.count > 2_000 { known.removeAll() }
      known[name] = rules
    }
    return rules
  }

  private static func make(_ name: String) -> TimeZoneRules? {
    let upper = name.uppercased()
    if ["UTC", "GMT", "Z", "ZULU", "ETC/UTC"].contains(upper) { return utc }
    if let offset = fixedOffset(name) { return TimeZoneRules(name: name, fixedOffset: offset) }
    guard name.utf8.count <= 64, let spelled = spelling[upper],
      let zone = TimeZone(identifier: spelled)
    else { return nil }
    return TimeZoneRules(name: spelled, zone: zone)
  }

  private static let spelling: [String: String] = Dictionary(
    (TimeZone.knownTimeZoneIdentifiers + TimeZoneNames.unlisted).map { ($0.uppercased(), $0) },
    uniquingKeysWith: { first, _ in first })

  /// The zone of a request or a setting: an IANA name in any case, or an offset that is written out
  /// (`+05:30`). Other spellings of offsets are for SQL: POSIX reads `-1` as east, ISO 8601 as west.
  public static func reporting(_ name: String) -> TimeZoneRules? {
    guard let sign = name.utf8.first, sign == 0x2B || sign == 0x2D else { return named(name) }
    let bytes = Array(name.utf8)
    guard bytes.count == 6, bytes[3] == UInt8(ascii: ":") else { return nil }
    return named(name)
  }

  /// What `reporting` takes, with names that are close to one that it does not.
  public static func reportingRule(for name: String) -> String {
    let near = names(like: name)
    return "must be an IANA name such as UTC or Europe/Berlin, or an offset such as +05:30"
      + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?")
  }

  /// `+05`, `-5`, `+05:30`, `+0530`.
  private static func fixedOffset(_ name: String) -> Int64? {
    guard let sign = name.utf8.first, sign == 0x2B || sign == 0x2D else { return nil }
    return Array(name.utf8).withUnsafeBufferPointer { bytes in
      var reader = TextReader(bytes)
      guard let offset = reader.readZoneOffset(), reader.isAtEnd else { return nil }
      return offset
    }
  }

  /// Names like `name`, closest first, for a hint; at most three.
  public static func names(like name: String) -> [String] {
    let wanted = Array(name.lowercased().utf8.prefix(64))
    let place = wanted.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? wanted
    var found: [(distance: Int, name: String)] = []
    for candidate in TimeZone.knownTimeZoneIdentifiers {
      let lower = Array(candidate.lowercased().utf8)
      let lowerPlace = lower.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? lower
      let distance = min(
        editDistance(wanted, lower), editDistance(place, lowerPlace))
      if distance <= max(1, place.count / 3) { found.append((distance, candidate)) }
    }
    return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
  }

  private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let substituted = diagonal + (byte == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
