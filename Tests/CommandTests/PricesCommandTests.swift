import Testing

@Suite struct `The prices command` {
  @Test func `sets, lists, imports and removes prices, on the record`() throws {
    let folder = try TemporaryFolder()
    let set = try Command([
      "prices", "set", "--data", folder.path, "--model", "iris", "--prompt", "0.15", "--completion",
      "0.60", "--from", "2026-01-01",
    ])
    #expect(set.status == 0, "\(set.errors)")
    let list = try Command(["prices", "list", "--data", folder.path])
    #expect(
      list.output == """
        item                           organization  from                  prompt  completion  cached  reasoning  rate
        iris                           -             2026-01-01T00:00:00Z  0.15    0.6         -       -          -
        gpu (per hour)                 -             1970-01-01T00:00:00Z  -       -           -       -          1.5
        inference (per 1000 requests)  -             1970-01-01T00:00:00Z  -       -           -       -          0.01
        storage (per GB-month)         -             1970-01-01T00:00:00Z  -       -           -       -          0.02

        """)
    let other = try TemporaryFolder()
    let json = try Command(["prices", "list", "--data", folder.path, "--json"])
    let file = try other.write("prices.json", json.output)
    let imported = try Command(["prices", "import", file, "--data", other.path + "/data"])
    #expect(imported.status == 0, "\(imported.errors)")
    #expect(imported.errors == "1 price set, 0 removed\n")
    #expect(
      try Command(["prices", "list", "--data", other.path + "/data", "--json"]).output
        == json.output)
    let removed = try Command([
      "prices", "remove", "--data", folder.path, "--model", "iris", "--from", "2026-01-01",
    ])
    #expect(removed.status == 0)
    let log = try Command([
      "query", "--data", folder.path, "--format", "csv",
      "SELECT action, user_id, entity_id FROM audit_log ORDER BY action DESC",
    ])
    #expect(
      log.output == """
        action,user_id,entity_id
        schema_change,command line,1
        price_set,command line,iris 2026-01-01T00:00:00Z
        price_remove,command line,iris 2026-01-01T00:00:00Z

        """)
  }

  @Test(arguments: [
    (["--model", "m", "--resource", "gpu"], "name a --model or a --resource"),
    (["--model", "m", "--prompt", "1"], "a model has --prompt and --completion"),
    (["--model", "m", "--prompt", "1", "--completion", "-1"], "--completion"),
    (["--resource", "gpu", "--rate", "0.0000001"], "--rate must be an amount of US dollars"),
    (["--resource", "gpu", "--rate", "1", "--prompt", "1"], "a resource has --rate alone"),
    (["--resource", "cpu", "--rate", "1"], "one of gpu, storage, inference"),
    (["--resource", "gpu", "--rate", "1", "--from", "soon"], "--from must be a day"),
  ])
  func `says what is wrong with its arguments`(arguments: [String], message: String) throws {
    let folder = try TemporaryFolder()
    let refused = try Command(["prices", "set", "--data", folder.path] + arguments)
    #expect(refused.status != 0)
    #expect(refused.errors.contains(message), "\(refused.errors)")
  }
}
