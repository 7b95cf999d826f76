import AccessControl
import ServiceSetup
import Testing

private let secret = "0123456789abcdefghijklmnopqrstuvwxyz"

private func load(
  _ file: String? = nil, _ environment: [String: String] = [:],
  _ flags: [(name: String, value: String)] = []
) throws -> ServiceConfiguration {
  try ServiceConfiguration(
    file: file.map { ("daybook.json", Array($0.utf8)) }, environment: environment, flags: flags)
}

struct ServiceConfigurationTests {
  @Test func `flags win over the environment, that over the file, that over defaults`() throws {
    let file = #"{"http":{"port":1,"host":"f"},"log":{"format":"json"},"token":{"issuer":"f"}}"#
    let environment = ["DAYBOOK_HTTP_PORT": "2", "DAYBOOK_HTTP_HOST": "e"]
    let all = try load(file, environment, [("--http-port", "3")])
    #expect(all.integer("http.port") == 3)
    #expect(all.text("http.host") == "e")
    #expect(all.text("token.issuer") == "f")
    #expect(all.text("log.level") == "info")
    #expect(all.description.contains("http.port = 3  (flag)"))
    #expect(all.description.contains("http.host = e  (environment)"))
    #expect(all.description.contains("log.format = json  (daybook.json)"))
    #expect(all.description.contains("log.level = info  (default)"))
  }

  @Test func `without anything it listens on this machine alone, and nobody is superadmin`() throws
  {
    let configuration = try load()
    #expect(configuration.text("http.host") == "127.0.0.1")
    #expect(configuration.superadmins.users.isEmpty)
    #expect(configuration.secret("token.secret") == nil)
  }

  @Test func `superadmins come from each source`() throws {
    let texts = [
      try load(#"{"access":{"superadmins":["ann","bob"]}}"#),
      try load(nil, ["DAYBOOK_ACCESS_SUPERADMINS": "ann,bob"]),
      try load(nil, [:], [("--access-superadmins", "ann"), ("--access-superadmins", "bob")]),
    ].map { $0.superadmins.users.map(\.text).sorted() }
    #expect(texts == [["ann", "bob"], ["ann", "bob"], ["ann", "bob"]])
  }

  @Test func `a secret is given and never shown`() throws {
    for configuration in [
      try load(nil, ["DAYBOOK_TOKEN_SECRET": secret]),
      try load(#"{"token":{"secret":"\#(secret)"}}"#),
    ] {
      #expect(configuration.secret("token.secret")?.expose() == Array(secret.utf8))
      #expect(configuration.text("token.secret") == nil)
      var dumped = ""
      dump(configuration, to: &dumped)
      for text in ["\(configuration)", String(reflecting: configuration), dumped] {
        #expect(!text.contains(secret))
      }
      #expect(configuration.description.contains("token.secret = (secret)"))
    }
  }

  @Test(arguments: [
    ("", "byte 0"), ("[]", "it is no object"),
    (#"{"http":{"prot":1}}"#, "http.prot (daybook.json)"),
    (#"{"http.port":1}"#, "http.port"), (#"{"http":{"port":1,"port":2}}"#, "named twice"),
    (#"{"http":{"port":true}}"#, "from 0 to 65535"),
    (#"{"http":{"port":"80"}}"#, "from 0 to 65535"),
    (#"{"http":{"port":-1}}"#, "from 0 to 65535"), (#"{"http":{"port":8.5}}"#, "from 0 to 65535"),
    (#"{"http":{"port":99999999999999999999}}"#, "from 0 to 65535"),
    (#"{"http":{"host":""}}"#, "1 to 255 bytes"), (#"{"http":{"host":"a\nb"}}"#, "1 to 255 bytes"),
    (#"{"http":8080}"#, "no such setting"), (#"{"log":{"format":"xml"}}"#, "text or json"),
    (#"{"token":{"secret":"short"}}"#, "at least 32 bytes"),
    (#"{"access":{"superadmins":"ann"}}"#, "a list"),
    (#"{"access":{"superadmins":[" ann"]}}"#, "names, each"),
    (#"{"access":{"superadmins":[1]}}"#, "a list"),
    (#"{"tls":{"key_file":"k"}}"#, "needs tls.certificate_file"),
  ])
  func `what is wrong in a file is named, with the file and what is allowed`(
    file: String, part: String
  ) {
    let problems = #expect(throws: ConfigurationProblems.self) { try load(file) }
    let text = problems?.description ?? ""
    #expect(text.contains(part), "\(text)")
    #expect(text.contains("daybook.json"))
  }

  @Test func `what is wrong elsewhere is named too, all of it at once, and no value is shown`() {
    let problems = #expect(throws: ConfigurationProblems.self) {
      try load(
        #"{"log":{"level":"loud"}}"#, ["DAYBOOK_HTTP_PORT": "eighty"],
        [("token.secret", secret), ("nothing", "1"), ("token.clock_skew_seconds", "301")])
    }
    #expect(
      problems?.list.map { "\($0.key) \($0.origin)" } == [
        "token.secret flag", "nothing flag", "http.port environment",
        "token.clock_skew_seconds flag", "log.level daybook.json",
      ])
    #expect(problems?.list.first?.reason == .secretInFlag)
    for value in [secret, "eighty", "loud"] {
      #expect(problems?.description.contains(value) == false)
    }
  }

  @Test func `each setting has names of its own, and a default that it takes`() throws {
    #expect(Set(Setting.all.map(\.key)).count == Setting.all.count)
    #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
    let flags = Setting.all.compactMap(\.flag)
    #expect(Set(flags).count == flags.count)
    _ = try load()
  }

  @Test(arguments: [
    ("reporting.time_zone", "Nope/X", "there is no such time zone"),
    ("reporting.time_zone", "Europe/Berlni", "did you mean Europe/Berlin?"),
    ("reporting.time_zone", "", "there is no such time zone"),
    ("reporting.time_zone", "-1", "an offset such as +05:30"),
    ("reporting.organization_time_zones", "acme=Mars/Phobos", "there is no such time zone"),
    ("reporting.organization_time_zones", "acme=Asia/Tokio", "did you mean Asia/Tokyo?"),
    ("reporting.organization_time_zones", "acme", "a list of organization=zone"),
    ("reporting.organization_time_zones", "=UTC", "a list of organization=zone"),
    ("http.prot", "1", "did you mean http.port?"), ("nope", "1", "nope (flag): there is no such"),
  ])
  func `a zone or a setting that does not exist is refused, with the nearest name`(
    key: String, value: String, part: String
  ) {
    let problems = #expect(throws: ConfigurationProblems.self) {
      try load(nil, [:], [(key, value)])
    }
    #expect(problems?.description.contains(part) == true, "\(problems?.description ?? "")")
  }

  @Test func `zones are taken from each source, as names of the database and as offsets`() throws {
    let file = #"{"reporting":{"organization_time_zones":["acme=Asia/Tokyo","b=c=+05:30"]}}"#
    let read = try load(file, ["DAYBOOK_REPORTING_TIME_ZONE": "Etc/GMT+3"])
    #expect(read.text("reporting.time_zone") == "Etc/GMT+3")
    #expect(read.list("reporting.organization_time_zones") == ["acme=Asia/Tokyo", "b=c=+05:30"])
  }

  @Test func `a variable that looks like a setting's is told, others are somebody else's`() throws {
    let read = try load(
      nil, ["DAYBOOK_HTTP_PROT": "1", "DAYBOOK_KEY": "k", "DAYBOOK_URL": "u", "HTTP_PORT": "2"])
    #expect(read.misspeltVariables.map(\.name) == ["DAYBOOK_HTTP_PROT"])
    #expect(read.misspeltVariables.map(\.near) == ["DAYBOOK_HTTP_PORT"])
  }

  @Test func `an address that lets whoever knows it in is never shown`() throws {
    let url = "https://hooks.example.com/services/T000/B000/planted"
    for group in ["alerts", "reports"] {
      let configuration = try ServiceConfiguration(
        environment: ["DAYBOOK_\(group.uppercased())_WEBHOOK_SECRET": "0123456789abcdef"],
        flags: [("--\(group)-webhook-url", url)])
      #expect(configuration.text("\(group).webhook_url") == url)
      #expect(configuration.description.contains("\(group).webhook_url = (secret)  (flag)"))
      #expect(!configuration.description.contains("planted"))
    }
  }
}
