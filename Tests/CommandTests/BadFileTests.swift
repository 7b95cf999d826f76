import Testing

/// Files as they should not be: what `load` says, and that nothing of them stays.
@Suite struct BadFileTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func load(_ arguments: String...) throws -> Command {
    try Command(["load"] + arguments + ["--data", folder.path + "/tables"])
  }

  private func query(_ sql: String) throws -> Command {
    try Command(["query", "--format", "csv", "--data", folder.path + "/tables", sql])
  }

  @Test(
    arguments: [
      ("a,b\r1,2\r3,4\r", "its lines end with a carriage return alone"),
      ("a,b\n1,\"x\n3,4\n", ":2: '\"x…': a quote is opened here and never closed"),
      ("a,b\n1,2\n3\n", ":3: 1 field where 2 were expected"),
      ("a,a\n1,2\n", "two columns have the name 'a'"),
      ("", "the file is empty"), ("a\0b\n", "at byte 1: this is not text: it has a NUL byte"),
    ])
  func `a file that cannot be read is told in one line, and no table is made`(
    text: String, message: String
  ) throws {
    let path = try folder.write("bad.csv", text)
    let command = try load(path, "--into", "t")
    #expect(command.status == 1)
    #expect(command.output.isEmpty)
    let first = command.errors.split(separator: "\n").first ?? ""
    #expect(first.contains(message))
    #expect(first.hasPrefix("error: \(path)"))
    #expect(!folder.exists("tables"))
  }

  @Test func `a table's name has to have a character, and none that is not printed`() throws {
    let path = try folder.write("good.csv", "a\n1\n")
    for name in ["", "a\nb", String(repeating: "n", count: 256)] {
      let command = try load(path, "--into", name)
      #expect(command.status == 64)
      #expect(!folder.exists("tables"))
    }
  }

  @Test func `a nameless first field does not hide a header`() throws {
    let path = try folder.write("frame.csv", ",name,n\n0,x,1\n1,y,2\n")
    #expect(try load(path, "--into", "frame").status == 0)
    #expect(try query("SELECT * FROM frame").output == "column1,name,n\n0,x,1\n1,y,2\n")
  }

  @Test func `fields that an existing table lacks are passed over when asked for`() throws {
    let first = try folder.write("first.ndjson", "{\"a\":1}\n")
    let second = try folder.write("second.ndjson", "{\"zone\":[1],\"a\":2,\"x\":null}\n")
    #expect(try load(first, "--into", "t").status == 0)
    let refused = try load(second, "--into", "t")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("--ignore-unknown-fields"))
    #expect(try load(second, "--into", "t", "--ignore-unknown-fields").status == 0)
    #expect(try query("SELECT a FROM t ORDER BY a").output == "a\n1\n2\n")
  }

  @Test func `a file with another's keys alone is refused even so`() throws {
    let first = try folder.write("first.ndjson", "{\"a\":1}\n")
    let other = try folder.write("other.ndjson", "{\"zone\":1}\n")
    #expect(try load(first, "--into", "t").status == 0)
    #expect(try load(other, "--into", "t", "--ignore-unknown-fields").status == 1)
    #expect(try query("SELECT count(*) AS n FROM t").output == "n\n1\n")
  }

  @Test func `a header without rows makes a table of texts and says so`() throws {
    let path = try folder.write("head.csv", "ts,n\n")
    let command = try load(path, "--into", "head")
    #expect(command.status == 0)
    #expect(command.errors.contains("note: without rows nothing tells the types"))
  }

  @Test func `what is no command is told what to do`() throws {
    for (arguments, errors) in [
      (
        ["querry", "select 1"],
        "error: there is no command 'querry'\nhint: did you mean 'query'? daybook --help lists the commands\n"
      ),
      (
        ["overveiw", "--json"],
        "error: there is no command 'overveiw'\nhint: did you mean 'overview'? daybook --help lists the commands\n"
      ),
      (
        ["--timezone", "UTC", "frobnicate"],
        "error: there is no command 'frobnicate'\nhint: daybook --help lists the commands\n"
      ),
      (
        ["select 1"], "error: SQL goes to a command\nhint: daybook query \"select 1\"\n"
      ),
    ] {
      let command = try Command(arguments)
      #expect(command.status == 64)
      #expect(command.errors == errors)
    }
    #expect(try Command(["help"]).status == 0)
  }

  @Test func `a name that is misspelt is told the nearest`() throws {
    for (arguments, hint) in [
      (["metrics", "show", "dauu"], "did you mean 'dau'? daybook metrics list names them"),
      (
        ["metrics", "explain", "totl_cost"],
        "did you mean 'total_cost'? daybook metrics list names them"
      ),
      (["metrics", "show", "frobnicate"], "daybook metrics list names them"),
      (["jobs", "run", "houly"], "did you mean 'hourly'? daybook jobs list names them"),
    ] {
      let command = try Command(arguments)
      #expect(command.status == 1)
      #expect(command.errors.hasSuffix("hint: \(hint)\n"), "\(command.errors)")
    }
  }

  @Test func `a row of megabytes is read in no time`() throws {
    let text = "a,b\n1," + String(repeating: "x", count: 4 << 20) + "\n2,y\n"
    let path = try folder.write("long.csv", text)
    #expect(try load(path, "--into", "long").status == 0)
    #expect(try query("SELECT sum(length(b)) AS n FROM long").output == "n\n4194305\n")
  }
}
