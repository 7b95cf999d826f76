import Testing

@Suite struct `Loading into a table with a key` {
  private let folder: TemporaryFolder
  private var data: [String] { ["--data", folder.path + "/data"] }

  init() throws { folder = try TemporaryFolder() }

  private func rows(_ statement: String) throws -> String {
    try Command(["query", "--format", "csv", statement] + data).output
  }

  @Test func `makes the table with the key that is named, and the last row of a key wins`() throws {
    let file = try folder.write(
      "people.csv", "id,name,seen_at\n1,ann,2026-01-01\n2,ben,2026-01-02\n1,eve,2026-01-03\n")
    let loaded = try Command(["load", file, "--into", "people", "--key", "id"] + data)
    #expect(loaded.status == 0, "\(loaded.errors)")
    #expect(try rows("SELECT id, name FROM people ORDER BY id") == "id,name\n1,eve\n2,ben\n")
    let wrong = try Command(["load", file, "--into", "others", "--key", "nmae"] + data)
    #expect(wrong.status == 1)
    #expect(
      wrong.errors.contains("the key has 'nmae'") && wrong.errors.contains("did you mean 'name'?"))
  }

  @Test func `names the row that has no key`() throws {
    let file = try folder.write("people.csv", "id,name\n1,ann\n,ben\n")
    let loaded = try Command(["load", file, "--into", "people", "--key", "id"] + data)
    #expect(loaded.status == 1)
    #expect(loaded.errors.contains("people.csv"), "\(loaded.errors)")
    #expect(loaded.errors.contains("row 2 has no 'id'"), "\(loaded.errors)")
    #expect(!loaded.errors.contains("nullValue"))
  }

  @Test func `takes only the key that a table has which is there`() throws {
    let file = try folder.write("people.csv", "id,name\n1,ann\n")
    let load = ["load", file, "--into", "people"] + data
    try #require(try Command(load).status == 0)
    let none = try Command(load + ["--key", "id"])
    #expect(none.status == 1)
    #expect(
      none.errors == """
        error: table 'people' is there without a key, and --key names (id)
        hint: --replace --key id makes it anew from the files, with the key

        """)
    let made = try Command(load + ["--key", "id", "--replace"])
    #expect(made.status == 0, "\(made.errors)")
    for key in ["name", "id,name", ""] {
      let wrong = try Command(load + ["--key", key])
      #expect(wrong.status == 1)
      #expect(wrong.errors.contains("is there with the key (id), and --key names"))
    }
    #expect(try Command(load + ["--key", "nmae"]).errors.contains("did you mean 'name'?"))
    let same = try Command(load + ["--key", "id"])
    #expect(same.status == 0, "\(same.errors)")
    #expect(try rows("SELECT id, name FROM people") == "id,name\n1,ann\n")
  }

  @Test func `says at once what keeps the service from taking a table over`() throws {
    let file = try folder.write("events.csv", "ts,event_type,branch\n2026-01-01T10:00:00Z,chat,x\n")
    let loaded = try Command(["load", file] + data)
    #expect(loaded.status == 0, "\(loaded.errors)")
    #expect(
      loaded.errors.contains(
        "note: the service's own table 'events' has no column 'branch': `daybook serve` will not take"
      ))
    let served = try Command(
      ["emitter-key", "create", "--organization", "acme", "--kind", "event", "--label", "web"]
        + data)
    #expect(served.status == 1)
    #expect(served.errors.contains("it has a column 'branch', which Daybook's has not"))
    let renamed = try Command(
      ["load", file, "--replace", "--rename", "branch=model"] + data)
    #expect(renamed.status == 0, "\(renamed.errors)")
    #expect(!renamed.errors.contains("note: the service's"))
  }

  @Test
  func `makes a table of the service with the service's key, so that it takes the table over`()
    throws
  {
    let sample = folder.path + "/sample"
    let made = try Command(["generate", "--out", sample, "--events", "200", "--users", "20"])
    try #require(made.status == 0, "\(made.errors)")
    let loaded = try Command(["load", sample + "/users.csv", "--into", "users"] + data)
    #expect(loaded.status == 0, "\(loaded.errors)")
    // Makes the tables of the service as `serve` does.
    let key = try Command(
      ["emitter-key", "create", "--organization", "acme", "--kind", "event", "--label", "web"]
        + data)
    #expect(key.status == 0, "\(key.errors)")
    #expect(try rows("SELECT count(*) AS n FROM users") == "n\n20\n")
    // A file about something else goes into a table of its own kind, as before.
    let other = try folder.write("users.csv", "name,age\nann,3\n")
    let plain = try Command(["load", other, "--into", "users", "--data", folder.path + "/other"])
    #expect(plain.status == 0, "\(plain.errors)")
  }
}
