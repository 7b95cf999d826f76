import QueryPlanning
import Testing

@Suite struct JoinTests {
  @Test func `equality becomes keys, conditions on one table go into its scan`() throws {
    #expect(
      try explained(
        """
        SELECT o.name, u.country FROM users u JOIN orgs o ON o.id = u.org_id AND o.seats > 2.5
        WHERE u.country = 'de' AND length(u.user_id) > o.seats
        """) == """
          Project: name, country
            Inner join on org_id = id where (length(user_id) > seats)
              Scan users columns: user_id, org_id, country filter: (country = 'de')
              Scan orgs columns: id, name, seats filter: (seats >= 3)
          """)
  }

  @Test func `tables are joined where they have a key, whatever order they are written in`() throws
  {
    #expect(
      try explained(
        """
        SELECT e.ms, o.name, u.country FROM events e, orgs o, users u
        WHERE e.user_id = u.user_id AND u.org_id = o.id
        """) == """
          Project: ms, name, country
            Inner join on org_id = id
              Inner join on events.user_id = users.user_id
                Scan events columns: user_id, ms
                Scan users columns: user_id, org_id, country
              Scan orgs columns: id, name
          """)
  }

  @Test func `a left join keeps its left rows`() throws {
    #expect(
      try explained(
        """
        SELECT country FROM users u
        LEFT JOIN orgs o ON u.org_id = o.id AND o.seats > 3 AND u.country = 'x'
        WHERE u.signed_up > '2024-01-01' AND o.id IS NULL
        """) == """
          Project: country
            Filter: (id IS NULL)
              Left join on org_id = id where (country = 'x')
                Scan users columns: org_id, country filter: (signed_up > '2024-01-01')
                Scan orgs columns: id filter: (seats > 3)
          """)
  }

  @Test func `a left join whose padded rows are filtered out is an inner join`() throws {
    #expect(
      try explained(
        "SELECT country FROM users u LEFT JOIN orgs o ON u.org_id = o.id WHERE o.seats > 3") == """
          Project: country
            Inner join on org_id = id
              Scan users columns: org_id, country
              Scan orgs columns: id filter: (seats > 3)
          """)
    #expect(
      try explained(
        """
        SELECT country FROM users u LEFT JOIN orgs o ON u.org_id = o.id
        WHERE coalesce(o.seats, 9) > 3
        """
      ).contains("Left join"))
  }

  @Test func `no key at all is a cross join`() throws {
    #expect(
      try explained("SELECT 1 FROM users CROSS JOIN orgs").contains("Cross join\n"))
  }

  @Test func `a table joined with itself keeps its two names apart`() throws {
    #expect(
      try explained(
        "SELECT a.name, b.seats FROM orgs a JOIN orgs b ON a.id = b.id WHERE b.name = 'x'") == """
          Project: name, seats
            Inner join on orgs.id = orgs.id
              Scan orgs columns: id, name
              Scan orgs columns: id, seats filter: (name = 'x')
          """)
  }

  @Test func `what is known of one side of an equality is known of the other`() throws {
    #expect(
      try explained(
        """
        SELECT e.ms FROM events e, users u, orgs o
        WHERE e.user_id = u.user_id AND u.org_id = o.id AND u.user_id IN ('a', 'b') AND o.id > 7
        """) == """
          Project: ms
            Inner join on org_id = id
              Inner join on events.user_id = users.user_id
                Scan events columns: user_id, ms filter: (user_id IN ('a', 'b'))
                Scan users columns: user_id, org_id filter: (user_id IN ('a', 'b')) AND (org_id > 7)
              Scan orgs columns: id filter: (id > 7)
          """)
  }
}
