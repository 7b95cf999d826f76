import AccessControl
import Alerting
import Testing

@Suite struct `An alert` {
  private let start = UnixTime(milliseconds: 1_768_478_400_000)
  private let rules = AlertCatalogue.rules()

  private func at(_ seconds: Int64) -> UnixTime { start.advanced(by: .seconds(seconds)) }

  private func note(
    _ book: inout AlertBook, _ rule: String, _ value: Double?, of organization: String? = nil,
    at seconds: Int64
  ) -> [Alert] {
    let readings = value.map {
      [AlertReading(rule, of: organization.flatMap { OrganizationID($0) }, $0)]
    }
    return book.note(readings ?? [], of: [rule], at: at(seconds))
  }

  @Test func `fires at its bound, once, and is resolved once when it is well for a while`() throws {
    var book = AlertBook(rules)
    #expect(note(&book, "ingest_lag", 119, at: 0).isEmpty)
    let fired = note(&book, "ingest_lag", 120, at: 15)
    #expect(fired.map(\.state) == [.firing])
    #expect(
      fired.first?.message == "The oldest batch has waited for 120 s; 120 s are too long.")
    #expect(fired.first?.since == at(15))
    for second in [30, 45, 60] as [Int64] {
      #expect(note(&book, "ingest_lag", 500, at: second).isEmpty)
    }
    // Below where it fired, and not yet well.
    #expect(note(&book, "ingest_lag", 90, at: 75).isEmpty)
    #expect(note(&book, "ingest_lag", 59, at: 90).isEmpty)
    #expect(note(&book, "ingest_lag", 130, at: 105).isEmpty)
    #expect(note(&book, "ingest_lag", 10, at: 120).isEmpty)
    #expect(note(&book, "ingest_lag", 10, at: 179).isEmpty)
    let resolved = note(&book, "ingest_lag", 10, at: 180)
    #expect(resolved.map(\.state) == [.resolved])
    #expect(resolved.first?.id == fired.first?.id && resolved.first?.resolved == at(180))
    #expect(book.firing.isEmpty)
    #expect(note(&book, "ingest_lag", 10, at: 195).isEmpty)
  }

  @Test func `waits as long as its rule says, without a break`() {
    var book = AlertBook(rules)
    #expect(note(&book, "error_rate", 0.2, of: "acme", at: 0).isEmpty)
    #expect(note(&book, "error_rate", 0.05, of: "acme", at: 30).isEmpty)
    #expect(note(&book, "error_rate", 0.2, of: "acme", at: 60).isEmpty)
    #expect(note(&book, "error_rate", 0.2, of: "acme", at: 119).isEmpty)
    #expect(note(&book, "error_rate", 0.2, of: "acme", at: 120).map(\.state) == [.firing])
  }

  @Test func `is of one organisation, and others have their own`() {
    var book = AlertBook(rules)
    for second in [0, 60] as [Int64] {
      let acme = OrganizationID("acme")
      let bolt = OrganizationID("bolt")
      _ = book.note(
        [
          AlertReading("error_rate", of: acme, 0.5), AlertReading("error_rate", of: bolt, 0.01),
          AlertReading("error_rate", 0.2),
        ], of: ["error_rate"], at: at(second))
    }
    #expect(book.firing.map { $0.organization?.text } == [nil, "acme"])
    #expect(Set(book.firing.map(\.id)).count == 2)
  }

  @Test func `stays where nothing was read, and goes where there is nothing to read`() {
    var book = AlertBook(rules)
    _ = note(&book, "queue_backlog", 0.9, at: 0)
    #expect(note(&book, "queue_backlog", 0.9, at: 30).count == 1)
    // Others were read; this one was not.
    #expect(book.note([], of: ["ingest_lag"], at: at(3600)).isEmpty)
    #expect(book.firing.count == 1)
    #expect(note(&book, "queue_backlog", nil, at: 3615).isEmpty)
    #expect(note(&book, "queue_backlog", nil, at: 3675).map(\.state) == [.resolved])
  }

  @Test func `does not fire anew after a restart`() throws {
    var book = AlertBook(rules)
    let alert = try #require(note(&book, "store_read_only", 1, at: 0).first)
    var restarted = AlertBook(rules, firing: book.firing)
    #expect(note(&restarted, "store_read_only", 1, at: 15).isEmpty)
    #expect(restarted.firing == [alert])
    #expect(note(&restarted, "store_read_only", 0, at: 30).map(\.id) == [alert.id])
    var other = AlertBook(rules.filter { $0.id != "store_read_only" }, firing: [alert])
    #expect(note(&other, "ingest_lag", 0, at: 15).map(\.state) == [.resolved])
  }

  @Test func `never fires for what is no number`() {
    var book = AlertBook(rules)
    #expect(note(&book, "ingest_lag", .nan, at: 0).isEmpty)
    #expect(note(&book, "ingest_lag", .infinity, at: 0).count == 1)
  }

  @Test func `a reading that wavers makes few alerts`() {
    var book = AlertBook(rules)
    var changes = 0
    for step in 0..<1_000 {
      changes += note(&book, "ingest_lag", step % 2 == 0 ? 121 : 119, at: Int64(step) * 15).count
    }
    #expect(changes == 1)
  }

  @Test func `each rule has its own name, and bounds that leave room`() {
    #expect(Set(rules.map(\.id)).count == rules.count)
    for rule in rules {
      #expect(rule.resolvesBelow <= rule.firesFrom, "\(rule.id)")
      #expect(!rule.text.isEmpty && !rule.about.isEmpty)
    }
  }
}
