/// The table of users, which events refer to by `user_id`.
extension SampleGenerator {
  /// The names of a user's columns, in order.
  public static let userColumns = [
    "user_id", "organization_id", "role", "status", "domain", "plan", "country", "signed_up_at",
  ]

  /// Appends the header, for formats that have one.
  public func writeUserHeader(as format: SampleFormat, into buffer: inout [UInt8]) {
    guard format == .csv else { return }
    buffer.append(contentsOf: (Self.userColumns.joined(separator: ",") + "\n").utf8)
  }

  /// Appends a row for every user and returns how many there are.
  ///
  /// `signed_up_at` is null for who is only invited; such users have no events. The status is that
  /// at the end of the sample. Domains are reserved ones (RFC 2606).
  @discardableResult
  public func writeUsers(as format: SampleFormat, into buffer: inout [UInt8]) -> Int {
    var row = ""
    for user in 0..<population.count {
      row.removeAll(keepingCapacity: true)
      for (column, value) in zip(Self.userColumns, fields(ofUser: user)) {
        switch format {
        case .csv:
          row += row.isEmpty ? "" : ","
          row += value ?? ""
        case .ndjson:
          row += row.isEmpty ? "{" : ","
          row += "\"\(column)\":" + (value.map { "\"\($0)\"" } ?? "null")
        }
      }
      row += format == .ndjson ? "}\n" : "\n"
      buffer.append(contentsOf: row.utf8)
    }
    return population.count
  }

  /// As in `userColumns`.
  public func fields(ofUser user: Int) -> [String?] {
    let organization = Int(population.organizations[user])
    return [
      Self.userIdentifier(user),
      Self.organizationIdentifier(organization),
      population.roles[user].name,
      population.statuses[user].name,
      population.usesPersonalMail[user]
        ? Self.personalDomains[user % Self.personalDomains.count]
        : Self.domain(ofOrganization: organization),
      Population.plans[Int(population.organizationPlans[organization])],
      Population.countries[Int(population.countries[user])],
      signupText(ofUser: user),
    ]
  }

  private func signupText(ofUser user: Int) -> String? {
    let day = population.signupDays[user]
    guard day != Population.never else { return nil }
    let time = Int(population.signupMilliseconds[user])
    let clock = [time / 3_600_000, time / 60_000 % 60, time / 1_000 % 60]
      .map { Self.padded($0, to: 2) }.joined(separator: ":")
    return "\(date(ofDay: Int(day)))T\(clock).\(Self.padded(time % 1_000, to: 3))Z"
  }

  static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static let personalDomains = ["example.com", "example.org", "example.net"]

  private static let domainBeginnings = [
    "amber", "birch", "cedar", "delta", "ember", "fern", "granite", "hazel", "indigo", "juniper",
    "kestrel", "linden", "maple", "north", "opal", "pine",
  ]
  private static let domainEndings = [
    "harbor", "works", "studio", "labs", "field", "bridge", "media", "point", "house", "craft",
    "forge", "garden", "logic", "peak", "river", "yard",
  ]

  /// Different for each organisation, `amber-harbor.example` for the first.
  private static func domain(ofOrganization organization: Int) -> String {
    let beginning = domainBeginnings[organization % 16]
    let ending = domainEndings[(organization / 16 + organization) % 16]
    let round = organization / 256
    return "\(beginning)-\(ending)\(round == 0 ? "" : String(round + 1)).example"
  }
}
