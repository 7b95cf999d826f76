import Testing
import daybook

/// The binary as its users meet it: what goes where, and which exit code follows.
@Suite struct CommandTests {
  @Test func `help and version go to standard output and exit with 0`() throws {
    for arguments in [["--help"], ["help", "load"], ["query", "--help"], ["--version"]] {
      let command = try Command(arguments)
      #expect(command.status == 0)
      #expect(!command.output.isEmpty)
      #expect(command.errors.isEmpty)
    }
  }

  @Test(
    arguments: [
      ["querry"], ["query", "--format", "xml", "select 1"],
      ["query", "--timezone", "Mars", "select 1"],
      ["load"], ["load", "-"], ["load", "a.csv", "b.csv"], ["load", "a.csv", "--types", "ts"],
      ["load", "a.csv", "--max-errors", "-1"], ["overview", "--days", "0"],
      ["overview", "--anchor", "2026-02-30"], ["generate", "--days", "0"],
      ["repl", "--threads", "0"],
    ])
  func `a command that is not understood exits with 64 and says why`(arguments: [String]) throws {
    let command = try Command(arguments)
    #expect(command.status == 64)
    #expect(command.output.isEmpty)
    // The parser of arguments writes it with a capital.
    #expect(command.errors.lowercased().hasPrefix("error: "))
  }

  @Test(
    arguments: [
      (["load", "a.csv", "--max-errors", "-1"], "--max-errors is -1, which is below 0"),
      (["overview", "--days", "-1"], "--days is -1, which is not within 1 to 366"),
      (["query", "--timezone", "foo", "select 1"], "names are such as UTC, Europe/Berlin"),
    ])
  func `what is out of bounds is told as such, with what would do`(
    arguments: [String], message: String
  ) throws {
    let command = try Command(arguments)
    #expect(command.status == 64)
    #expect(command.errors.contains(message), "\(command.errors)")
  }

  @Test func `a type that is none is answered with those that are, for a table that is there too`()
    throws
  {
    let folder = try TemporaryFolder()
    let load = ["load", try folder.write("n.csv", "n\n1\n"), "--data", folder.path + "/data"]
    for _ in 0..<2 {
      let wrong = try Command(load + ["--types", "n=integr"])
      #expect(wrong.status == 1)
      #expect(wrong.errors.contains("hint: types: boolean, bigint"), "\(wrong.errors)")
      #expect(try Command(load).status == 0)
    }
  }

  @Test func `a port that is taken is named, with what to do`() throws {
    let listener = try Listener()
    let folder = try TemporaryFolder()
    let port = listener.port
    let served = try Command(["serve", "--data", folder.path, "--port", "\(port)"])
    #expect(served.status == 1)
    #expect(
      served.errors.contains("error: port \(port) of 127.0.0.1 is taken by another program\n"),
      "\(served.errors)")
    #expect(served.errors.contains("hint: --port N"))
  }

  @Test func `answers go to standard output, timing to standard error`() throws {
    let command = try Command(["query", "--timing", "--format", "csv", "SELECT 1 AS a, 'x,y' AS b"])
    #expect(command.status == 0)
    #expect(command.output == "a,b\n1,\"x,y\"\n")
    #expect(command.errors.hasPrefix("(1 row, "))
    #expect(command.errors.hasSuffix("s)\n"))
  }

  @Test func `statements run in order, from an argument or from standard input`() throws {
    let sql = "SELECT 1 AS a; -- one;\nSELECT 2 AS b;"
    for command in [
      try Command(["query", "--format", "csv", sql]),
      try Command(["query", "--format", "csv"], input: sql),
      try Command(["query", "--format", "csv", "-"], input: sql),
      try Command(["repl", "--format", "csv"], input: sql),
      try Command(["--format", "csv"], input: sql),
    ] {
      #expect(command.status == 0)
      #expect(command.output == "a\n1\nb\n2\n")
      #expect(command.errors == "")
    }
  }

  @Test func `an error exits with 1, shows its place, and keeps the answers before it`() throws {
    let command = try Command([
      "query", "--format", "csv", "SELECT 1 AS a; SELECT 1 +* 2; SELECT 3",
    ])
    #expect(command.status == 1)
    #expect(command.output == "a\n1\n")
    #expect(command.errors.hasPrefix("error: "))
    #expect(command.errors.contains("SELECT 1 +* 2\n"))
    #expect(command.errors.contains("^"))
  }

  @Test func `the shell goes on after an error, and exits with 1 when it was piped`() throws {
    let command = try Command(
      ["repl", "--format", "csv"],
      input: "SELECT 1 AS a;\nSELECT nonsense;\n\\nonsense\nSELECT 2 AS b;\n")
    #expect(command.status == 1)
    #expect(command.output == "a\n1\nb\n2\n")
    #expect(command.errors.contains("error: unknown command '\\nonsense'"))
  }

  @Test func `the shell's own commands work from a pipe`() throws {
    let command = try Command(
      ["repl"], input: "\\format ndjson\nSELECT 1\n  AS a\n;\n\\q\nSELECT 2;\n")
    #expect(command.status == 0)
    #expect(command.output == "{\"a\":1}\n")
  }

  @Test func `what is loaded can be asked for, more is added, and replacing starts anew`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "my-visits.csv", "ts,user_id,ms\n2026-01-01T10:00:00Z,a,5\n2026-01-02T10:00:00Z,b,\n")
    let data = folder.path + "/data"
    let load = try Command(["load", file, "--data", data])
    #expect(load.status == 0, "\(load.errors)")
    #expect(load.output == "")
    #expect(load.errors.hasPrefix("loaded 2 rows into my_visits in "))
    #expect(load.errors.contains("ts       timestamptz  splits the table into days\n"))
    #expect(load.errors.contains("ms       bigint       1 null\n"))
    let count = ["query", "--data", data, "--format", "csv", "SELECT count(*) AS n FROM my_visits"]
    #expect(try Command(count).output == "n\n2\n")
    #expect(try Command(["load", file, "--into", "my_visits", "--data", data]).status == 0)
    #expect(try Command(count).output == "n\n4\n")
    #expect(try Command(["load", file, "--replace", "--data", data]).status == 0)
    #expect(try Command(count).output == "n\n2\n")
  }

  @Test func `a load into a table with a key replaces the rows that have the same key`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    let first = try folder.write("first.csv", "id,name\n1,a\n2,b\n1,c\n")
    let second = try folder.write("second.csv", "id,name\n2,d\n3,e\n")
    #expect(try Command(["load", first, "--data", data]).status == 0)
    let create = "CREATE TABLE people (id bigint PRIMARY KEY, name text)"
    #expect(try Command(["query", "--data", data, create]).status == 0)
    for file in [first, second] {
      #expect(try Command(["load", file, "--into", "people", "--data", data]).status == 0)
    }
    let all = ["query", "--data", data, "--format", "csv", "SELECT * FROM people ORDER BY id"]
    #expect(try Command(all).output == "id,name\n1,c\n2,d\n3,e\n")
    let replacing = ["load", second, "--into", "people", "--replace", "--data", data]
    #expect(try Command(replacing).status == 0)
    #expect(try Command(replacing.filter { $0 != "--replace" }).status == 0)
    #expect(try Command(all).output == "id,name\n2,d\n3,e\n")
    let help = try Command(["load", "--help"])
    #expect(help.output.contains("primary key"))
  }

  @Test func `a load that fails changes nothing`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    let good = try folder.write("t.csv", "a,b\n1,x\n")
    let bad = try folder.write("bad.csv", "a,b\n2,y\n3,z,extra\n")
    #expect(try Command(["load", good, "--into", "t", "--data", data]).status == 0)
    let failed = try Command(["load", bad, "--into", "t", "--data", data])
    #expect(failed.status == 1)
    #expect(failed.errors.hasPrefix("error: \(bad):3"))
    let missing = try Command(["load", folder.path + "/none.csv", "--into", "t", "--data", data])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("none.csv"))
    let rows = try Command(["query", "--data", data, "--format", "csv", "SELECT * FROM t"])
    #expect(rows.output == "a,b\n1,x\n")
  }

  @Test func `a load that fails makes no folder`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    #expect(
      try Command(["load", folder.path + "/none.csv", "--into", "t", "--data", data]).status == 1)
    #expect(!folder.exists("data"))
  }

  @Test func `a file can be asked without being loaded into a folder`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("log.txt", "7 1254192988\n8 1254192989\n")
    let command = try Command([
      "query", "--load", file, "--input-format", "spaces", "--no-header", "--columns", "who,at",
      "--types", "at=timestamptz(epoch_s)", "--constant", "event=a2q", "--rename", "who=user_id",
      "--format", "csv", "SELECT user_id, at, event FROM log ORDER BY 1",
    ])
    #expect(command.status == 0, "\(command.errors)")
    #expect(
      command.output
        == "user_id,at,event\n7,2009-09-29 02:56:28+00,a2q\n8,2009-09-29 02:56:29+00,a2q\n")
  }

  @Test func `statements that change tables change the folder`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    try #require(
      try Command(["load", try folder.write("t.csv", "a\n1\n"), "--data", data]).status == 0)
    let changed = try Command([
      "query", "--data", data,
      "CREATE TABLE u (x bigint); INSERT INTO u VALUES (5); SELECT nonsense",
    ])
    #expect(changed.status == 1)
    let rows = try Command(["query", "--data", data, "--format", "csv", "SELECT x FROM u"])
    #expect(rows.output == "x\n5\n")
  }

  @Test func `statements that make tables make the folder`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/new"
    let made = try Command(["query", "--data", data, "CREATE TABLE t AS SELECT 5 AS x"])
    #expect(made.status == 0, "\(made.errors)")
    let rows = try Command(["query", "--data", data, "--format", "csv", "SELECT x FROM t"])
    #expect(rows.output == "x\n5\n")
  }

  @Test func `SQL may begin with a comment`() throws {
    let command = try Command(["query", "--format", "csv", "-- five\nSELECT 5 AS x"])
    #expect(command.output == "x\n5\n")
    #expect(try Command(["query", "-- nothing"]).errors.hasPrefix("error: there is no statement"))
  }

  @Test func `a folder that was asked for has to have tables`() throws {
    let command = try Command(["query", "--data", "/nonexistent/data", "SELECT 1"])
    #expect(command.status == 1)
    #expect(command.output == "")
    #expect(command.errors.hasPrefix("error: there are no tables in '/nonexistent/data'\nhint: "))
  }

  @Test func `a table that is not there gets a hint`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    _ = try Command(["load", try folder.write("events.csv", "country\nde\n"), "--data", data])
    let table = try Command(["query", "--data", data, "SELECT * FROM evnts"])
    #expect(table.status == 1)
    #expect(table.errors.contains("did you mean 'events'?"))
    let column = try Command(["query", "--data", data, "SELECT contry FROM events"])
    #expect(column.errors.contains("did you mean 'country'?"))
  }

  @Test func `a sample is the same every time, in files and on standard output`() throws {
    let folder = try TemporaryFolder()
    let out = folder.path + "/sample"
    let arguments = ["generate", "--days", "3", "--users", "20", "--format", "ndjson"]
    #expect(try Command(arguments + ["--out", out]).status == 0)
    let events = try folder.read("sample/events.ndjson")
    #expect(events.hasPrefix(#"{"ts":"2026-01-01T"#))
    #expect(try Command(arguments + ["--out", "-"]).output == events)
    #expect(try Command(arguments + ["--out", "-", "--seed", "43"]).output != events)
    #expect(!folder.exists("sample/events.ndjson.part"))
  }

  @Test func `the overview of nothing says so`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    _ = try Command(["load", try folder.write("t.csv", "a\n1\n"), "--data", data])
    let missing = try Command(["overview", "--data", data])
    #expect(missing.status == 1)
    #expect(missing.errors.hasPrefix("error: there is no table 'events'"))
    let columns =
      "ts timestamptz, user_id text, event_type text, model text, status text, "
      + "error_code text, status_code bigint, duration_ms bigint"
    _ = try Command(["query", "--data", data, "CREATE TABLE events (\(columns))"])
    let empty = try Command(["overview", "--data", data])
    #expect(empty.status == 0, "\(empty.errors)")
    #expect(empty.output == "The table 'events' is empty: there is nothing to show yet.\n")
    #expect(try Command(["overview", "--data", data, "--json"]).output == "null\n")
    _ = try Command([
      "query", "--data", data,
      "INSERT INTO events (ts, user_id, event_type) VALUES ('2026-01-01 10:00', 'a', 'chat')",
    ])
    // Without tokens and costs, the rest is there.
    let some = try Command(["overview", "--data", data])
    #expect(some.status == 0, "\(some.errors)")
    #expect(some.output.contains("Tokens") && some.output.contains("no data"))
  }

  @Test func `the overview of a sample fits 80 columns, in plain characters where asked`() throws {
    let folder = try TemporaryFolder()
    let data = folder.path + "/data"
    _ = try Command(["generate", "--days", "40", "--users", "100", "--out", folder.path])
    _ = try Command(["load", folder.path + "/events.csv", "--data", data])
    for days in ["1", "7", "30", "366"] {
      let overview = try Command(["overview", "--data", data, "--days", days])
      #expect(overview.status == 0, "\(overview.errors)")
      #expect(
        overview.output.split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= 80 })
      for title in ["Activation", "Requests", "Tokens", "Cost"] {
        #expect(overview.output.contains(title))
      }
      let plain = try Command(["overview", "--data", data, "--days", days, "--ascii"])
      #expect(plain.output.utf8.allSatisfy { $0 < 0x80 })
    }
  }
}
