import Glibc
import Testing

@Suite struct `The token command` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("secret", String(repeating: "0123456789abcdef", count: 4))
    try #require(chmod(folder.path + "/secret", 0o600) == 0)
  }

  private func issue(_ options: [String]) throws -> Command {
    try Command(
      [
        "token", "issue", "--user", "ann", "--data", folder.path, "--set",
        "token.secret_file=\(folder.path)/secret",
      ] + options)
  }

  @Test func `warns of a token that sees nothing, as it belongs to no organisation`() throws {
    for role in ["manager", "admin", "org_admin"] {
      let token = try issue(["--role", role])
      #expect(token.status == 0, "\(token.errors)")
      #expect(token.output.hasPrefix("ey"))
      #expect(token.errors.hasPrefix("warning: without --organization"))
      #expect(try issue(["--role", role, "--organization", "acme"]).errors.isEmpty)
    }
    #expect(try issue(["--role", "platform_admin"]).errors.isEmpty)
    #expect(try issue(["--role", "user"]).errors.isEmpty)
  }

  @Test func `a time that is too long is told the limit, and what is no time an example`() throws {
    for time in ["90d", "500d", "1ms"] {
      let long = try issue(["--role", "user", "--expires", time])
      #expect(long.status == 1)
      #expect(long.errors.contains("--expires is '\(time)', and a token holds from 1s to 1d"))
      #expect(long.errors.contains("token.longest_lifetime_seconds"))
    }
    let none = try issue(["--role", "user", "--expires", "soon"])
    #expect(none.errors.contains("which is no time such as 15min, 8h or 1d"))
  }
}
