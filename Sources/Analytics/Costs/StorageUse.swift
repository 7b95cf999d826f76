internal import AccessControl
internal import ColumnStore
internal import Pricing

/// What was stored in a window, and what that costs: GB-days ÷ 30 × the rate.
///
/// What is stored at a moment is the sum of `bytes_delta` of all events before it, as far as they are
/// kept. A byte costs for as long as it is there, to the second; each day has the rate that is in force
/// when it begins. Rounded to whole micro-dollars once for each organisation and day.
public struct StorageUse: Sendable, Equatable {
  /// At the end of the window, or now where that is earlier.
  public private(set) var byteCount: Int64 = 0
  public private(set) var gigabyteDays = 0.0
  /// Micro-dollars by day; days without anything stored, or without a rate, are missing.
  public private(set) var costs: [Day: Int64] = [:]
  /// Whether something was stored at a time for which there is no rate.
  public private(set) var isRateMissing = false

  /// `nil` where nothing was stored, or no rate is known for it.
  public var microdollars: Int64? {
    costs.isEmpty ? nil : costs.values.reduce(0) { Self.sum($0, $1) }
  }

  /// Changes of one organisation on one day; `day` is `nil` for all before the window.
  struct Change: Sendable, Equatable {
    var organization: OrganizationID?
    var day: Day?
    /// All bytes, and those that are charged.
    var byteCount: Int64
    var chargedByteCount: Int64
    /// Sum over the charged ones of bytes × seconds from the day's start.
    var byteSeconds: Double
  }

  /// 1024³.
  public static let bytesPerGigabyte = 1_073_741_824.0

  /// `days` are all days of the window, each as far as the window has it and has run.
  init(_ changes: [Change], days: [(day: Day, window: TimeWindow)], _ book: PriceBook) {
    var byOrganization: [OrganizationID?: [Change]] = [:]
    for change in changes {
      byOrganization[change.organization, default: []].append(change)
      byteCount = Self.sum(byteCount, change.byteCount)
    }
    let ordered = byOrganization.sorted { ($0.key?.text ?? "") < ($1.key?.text ?? "") }
    for (organization, changes) in ordered {
      var byDay: [Day: Change] = [:]
      var stored = 0.0
      for change in changes {
        if let day = change.day {
          byDay[day] = change
        } else {
          stored += Double(change.chargedByteCount)
        }
      }
      for (day, window) in days {
        let seconds = Double(window.milliseconds) / 1000
        var byteSeconds = stored * seconds
        if let change = byDay[day] {
          byteSeconds += Double(change.chargedByteCount) * seconds - change.byteSeconds
          stored += Double(change.chargedByteCount)
        }
        // More was taken away than is known to have been there: events before are not kept.
        guard byteSeconds > 0 else { continue }
        let days = byteSeconds / Self.bytesPerGigabyte / 86_400
        gigabyteDays += days
        guard
          let rate = book.rate(
            of: .storage, for: organization, at: UnixTime(milliseconds: window.start))
        else {
          isRateMissing = true
          continue
        }
        let cost = (days / 30 * Double(rate)).rounded()
        costs[day] = Self.sum(costs[day] ?? 0, Int64(exactly: cost) ?? .max)
      }
    }
  }

  /// What does not fit is the most that does: bytes come from outside.
  static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (left < 0 ? .min : .max) : sum
  }
}
