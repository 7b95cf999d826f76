/// The users of a sample and what they are like; a column per property, a row per user.
///
/// Each user is drawn from a stream of their own, so that user 7 stays the same person when more
/// users are asked for with the same number of organisations and days.
struct Population: Sendable {
  enum Role: UInt8, CaseIterable {
    case member, manager, admin, organizationAdmin, platformAdmin

    var name: String {
      switch self {
      case .member: "member"
      case .manager: "manager"
      case .admin: "admin"
      case .organizationAdmin: "org_admin"
      case .platformAdmin: "platform_admin"
      }
    }
  }

  /// How things stand at the end of the sample.
  enum Status: UInt8, CaseIterable {
    case active, suspended, invited

    var name: String {
      switch self {
      case .active: "active"
      case .suspended: "suspended"
      case .invited: "invited"
      }
    }
  }

  static let plans = ["free", "team", "business", "enterprise"]
  static let countries = ["US", "DE", "GB", "FR", "NL", "IN", "CA", "ES", "BR", "JP", "AU"]
  /// Of each country: minutes that its clocks are ahead of UTC, without summer time.
  static let offsets = [-300, 60, 0, 60, 60, 330, -300, 60, -180, 540, 600]

  private(set) var organizations: [Int32] = []
  private(set) var roles: [Role] = []
  private(set) var statuses: [Status] = []
  private(set) var countries: [UInt8] = []
  private(set) var personas: [UInt8] = []
  private(set) var usesPersonalMail: [Bool] = []
  /// Sessions per 1000 working days.
  private(set) var activity: [Int32] = []
  /// Relative to the sample's first day, negative before it; `never` for who is only invited.
  private(set) var signupDays: [Int32] = []
  private(set) var signupMilliseconds: [Int32] = []
  /// The last day with any event; the user's interest ends there.
  private(set) var lastDays: [Int32] = []
  /// By organisation: positions in `plans` and `countries`.
  private(set) var organizationPlans: [UInt8] = []
  private(set) var organizationCountries: [UInt8] = []
  /// By organisation: the first of its projects, and behind the last the count of all.
  private(set) var firstProjects: [Int32] = []

  static let usersPerProject = 5

  static let never = Int32.max

  var count: Int { organizations.count }

  init(_ options: SampleOptions, _ distributions: Distributions) {
    let organizationCount = options.organizationCount
    // Zipf: the second organisation is half as large as the first, the third a third.
    var cumulative: [Int] = []
    cumulative.reserveCapacity(organizationCount)
    var total = 0
    for rank in 1...organizationCount {
      total += max(1, 1_000_000 / rank)
      cumulative.append(total)
      var random = SplitMix64(seed: options.seed, stream: .users, index: -rank)
      organizationPlans.append(UInt8(distributions.pick(.plan, &random)))
      organizationCountries.append(UInt8(distributions.pick(.country, &random)))
    }
    reserve(options.users)
    for user in 0..<options.users {
      var random = SplitMix64(seed: options.seed, stream: .users, index: user)
      // The first user of each organisation founds it, so that none is empty.
      let organization =
        user < organizationCount
        ? user : cumulative.partitioningIndex(above: random.below(total))
      appendUser(user, of: organization, options, distributions, &random)
    }
    var sizes = [Int](repeating: 0, count: organizationCount)
    for organization in organizations { sizes[Int(organization)] += 1 }
    var projects = 0
    for size in sizes {
      firstProjects.append(Int32(projects))
      projects += 1 + size / Self.usersPerProject
    }
    firstProjects.append(Int32(projects))
  }

  private mutating func reserve(_ users: Int) {
    organizations.reserveCapacity(users)
    roles.reserveCapacity(users)
    statuses.reserveCapacity(users)
    countries.reserveCapacity(users)
    personas.reserveCapacity(users)
    usesPersonalMail.reserveCapacity(users)
    activity.reserveCapacity(users)
    signupDays.reserveCapacity(users)
    signupMilliseconds.reserveCapacity(users)
    lastDays.reserveCapacity(users)
  }

  private mutating func appendUser(
    _ user: Int, of organization: Int, _ options: SampleOptions, _ distributions: Distributions,
    _ random: inout SplitMix64
  ) {
    let isFirst = user == 0
    let isFounder = user < options.organizationCount
    organizations.append(Int32(organization))
    let role = Role.allCases[distributions.pick(.role, &random)]
    roles.append(isFirst ? .platformAdmin : isFounder ? .organizationAdmin : role)
    let ownCountry = UInt8(distributions.pick(.country, &random))
    countries.append(random.chance(250) ? ownCountry : organizationCountries[organization])
    personas.append(UInt8(random.below(Choice.actionsByPersona.count)))
    usesPersonalMail.append(random.chance(80) && !isFounder)

    let activity = distributions.draw(.sessionsPerThousandDays, &random)
    // The platform grows by less than a percent of its final size a day, and to at most 5/2.
    let signupDay =
      random.chance(max(400, 1_000 - 7 * options.days)) || isFounder
      ? -1 - random.below(365) : Self.signupDay(within: options, &random)
    let lifetime = Self.lifetime(after: signupDay, distributions, &random)
    signupMilliseconds.append(
      Int32(
        distributions.timeOfDay(
          offset: offset(ofOrganization: organization), isWeekend: (false, false, false), &random)))
    let isSuspended = random.chance(150)
    let isInvited = random.chance(50) && !isFounder

    // The first user is always there, so that even a sample of one user has its events.
    self.activity.append(isFirst ? 3_000 : isInvited ? 0 : Int32(activity))
    signupDays.append(isInvited ? Self.never : Int32(signupDay))
    let lastDay = isFirst ? options.days - 1 : min(options.days - 1, signupDay + lifetime)
    lastDays.append(isInvited ? -1 : Int32(lastDay))
    let left = lastDay < options.days - 1
    statuses.append(isInvited ? .invited : left && isSuspended ? .suspended : .active)
  }

  private static func signupDay(within options: SampleOptions, _ random: inout SplitMix64) -> Int {
    // Later days have more, up to twice as many as the first.
    let draw = random.below(options.days)
    let day = random.chance(330) ? max(draw, random.below(options.days)) : draw
    guard options.start.advanced(by: day).isWeekend else { return day }
    // Half of those who would sign up on a weekend do so on another day.
    return random.chance(500) ? day : random.below(options.days)
  }

  /// How many days a user stays after signing up: a third only look around, a third lose interest
  /// within some weeks, the others stay long.
  private static func lifetime(
    after signupDay: Int, _ distributions: Distributions, _ random: inout SplitMix64
  ) -> Int {
    let long = distributions.draw(.lifetimeDays, &random)
    // Who signed up before the sample is still there on its first day; an exponential lifetime
    // has no memory, so what is left of it is distributed like all of it.
    guard signupDay >= 0 else { return -signupDay + long }
    switch random.below(100) {
    case ..<33: return random.below(10)
    case ..<60: return 6 + distributions.draw(.shortLifetimeDays, &random)
    default: return 10 + long
    }
  }
}

extension Population {
  /// Milliseconds that an organisation's clocks are ahead of UTC.
  @inline(__always)
  func offset(ofOrganization organization: Int) -> Int {
    Self.offsets[Int(organizationCountries[organization])] * 60_000
  }
}

extension Distributions {
  /// A millisecond of a day in UTC, busy in business hours of who is `offset` milliseconds ahead of it
  /// and flatter on weekends. `isWeekend` says it of the day before, the day and the day after, since
  /// an hour of the day may belong to the local day before or after.
  @inline(__always)
  func timeOfDay(
    offset: Int, isWeekend: (before: Bool, now: Bool, after: Bool), _ random: inout SplitMix64
  ) -> Int {
    let day = DayScript.milliseconds
    var time = 0
    for _ in 0..<4 {
      let hour = pick(isWeekend.now ? .weekendHour : .weekdayHour, &random)
      time = hour * 3_600_000 + random.below(3_600_000) - offset
      guard time < 0 || time >= day else { return time }
      let isLocalWeekend = time < 0 ? isWeekend.after : isWeekend.before
      time += time < 0 ? day : -day
      if !isLocalWeekend || isWeekend.now || random.chance(300) { return time }
    }
    return time
  }
}

extension Array where Element == Int {
  /// The position of the first element above `value`, of an ascending array.
  @inline(__always)
  func partitioningIndex(above value: Int) -> Int {
    var low = 0
    var length = count
    while length > 0 {
      let half = length >> 1
      if self[low + half] > value {
        length = half
      } else {
        low += half + 1
        length -= half + 1
      }
    }
    return low
  }
}
