/// How much happens on each day of a sample, known before any day is generated.
struct DailyVolume: Sendable {
  /// By day: how many sessions there are of their own accord.
  private(set) var sessions: [Int] = []
  /// By day: how many events there are to be, exactly; `nil` when nobody asked for a number.
  private(set) var quotas: [Int]?
  /// Users in the order in which they sign up, of those who do so within the sample.
  private var newcomers: [Int32] = []
  private var firstNewcomer: [Int] = []

  /// Thousandths of a Monday's sessions, Monday to Sunday.
  private static let weekdayThousandths = [1_000, 1_060, 1_080, 1_040, 920, 330, 290]

  init(_ options: SampleOptions, _ population: Population) {
    let days = options.days
    var change = [Int](repeating: 0, count: days + 1)
    var signups = [Int](repeating: 0, count: days)
    for user in 0..<population.count where population.activity[user] > 0 {
      let signupDay = Int(population.signupDays[user])
      if signupDay >= 0 { signups[signupDay] += 1 }
      // From the day after the signup, whose own session is counted apart.
      let first = max(0, signupDay + 1)
      let end = Int(population.lastDays[user]) + 1
      guard first < end else { continue }
      change[first] += Int(population.activity[user])
      change[end] -= Int(population.activity[user])
    }
    countNewcomers(population, signups)

    var activity = 0
    var thousandths: [Int] = []
    for day in 0..<days {
      activity += change[day]
      var random = SplitMix64(seed: options.seed, stream: .volume, index: day)
      let weekday = Self.weekdayThousandths[options.start.advanced(by: day).weekday]
      let chance = 940 + random.below(121)
      thousandths.append(activity * weekday * chance / 1_000_000 + signups[day] * 1_000)
      sessions.append(max((thousandths[day] + 500) / 1_000, signups[day]))
    }
    quotas = options.events.map { Self.share($0, by: thousandths) }
  }

  /// Shares `total` in proportion to the weights. The differences of rounded running sums add up
  /// to it exactly.
  private static func share(_ total: Int, by weights: [Int]) -> [Int] {
    let all = UInt128(weights.reduce(0, +))
    var passed: UInt128 = 0
    var given = 0
    return weights.map { weight in
      passed += UInt128(weight)
      let upToHere = Int(UInt128(total) * passed / all)
      defer { given = upToHere }
      return upToHere - given
    }
  }

  private mutating func countNewcomers(_ population: Population, _ signups: [Int]) {
    firstNewcomer = [0]
    for count in signups { firstNewcomer.append((firstNewcomer.last ?? 0) + count) }
    newcomers = [Int32](repeating: 0, count: firstNewcomer.last ?? 0)
    var next = firstNewcomer
    for user in 0..<population.count where population.activity[user] > 0 {
      let day = Int(population.signupDays[user])
      guard day >= 0 else { continue }
      newcomers[next[day]] = Int32(user)
      next[day] += 1
    }
  }

  /// Who signs up on `day`.
  func newcomers(onDay day: Int) -> ArraySlice<Int32> {
    newcomers[firstNewcomer[day]..<firstNewcomer[day + 1]]
  }
}
