import ColumnStore
import Persistence
import Testing

@Suite struct `Commands on a data folder` {
  @Test func `keep each change, also of a script that fails later`() throws {
    let folder = try TemporaryFolder()
    let data = ["--data", folder.path + "/data"]
    let made = try Command(
      ["query", "CREATE TABLE t (a bigint); INSERT INTO t VALUES (1), (2); SELECT 1 / 0"] + data)
    #expect(made.status == 1)
    #expect(
      try Command(["query", "--format", "csv", "SELECT sum(a) FROM t"] + data).output == "sum\n3\n")
    #expect(folder.exists("data/journal/00000001.journal") && !folder.exists("data/tables"))
    #expect(try Command(["query", "CHECKPOINT"] + data).status == 0)
    #expect(folder.exists("data/snapshots/0000000001/manifest.json"))
    #expect(try Command(["query", "UPDATE t SET a = a + 1"] + data).status == 0)
    let shell = try Command(["repl", "--format", "csv"] + data, input: "SELECT sum(a) FROM t;")
    #expect(shell.output == "sum\n5\n")
  }

  @Test func `are refused while another process changes it, with its name`() throws {
    let folder = try TemporaryFolder()
    let data = ["--data", folder.path + "/data"]
    #expect(try Command(["query", "CREATE TABLE t (a bigint)"] + data).status == 0)
    var options = DatabaseOptions()
    options.holder = "process 7 (daybook repl)"
    let database = try Database(folder.path + "/data", forChanges: true, options: options)
    let refused = try Command(["query", "SELECT 1"] + data)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("in use by process 7 (daybook repl)\nhint: "))
    try database.close()
    // One that only reads is in nobody's way.
    let reader = try Database(folder.path + "/data")
    #expect(try Command(["query", "INSERT INTO t VALUES (1)"] + data).status == 0)
    #expect(reader.store.catalog().tables["t"]?.rowCount == 0)
  }

  @Test func `take every mode of durability`() throws {
    let folder = try TemporaryFolder()
    let data = ["--data", folder.path + "/data"]
    #expect(try Command(["query", "CREATE TABLE t (a bigint)"] + data).status == 0)
    for mode in ["fsync", "everysec", "os"] {
      let command = ["query", "INSERT INTO t VALUES (1)", "--durability", mode]
      #expect(try Command(command + data).status == 0)
    }
    #expect(
      try Command(["query", "--format", "csv", "SELECT count(*) FROM t"] + data).output
        == "count\n3\n")
    #expect(try Command(["query", "SELECT 1", "--durability", "never"] + data).status == 64)
  }
}
