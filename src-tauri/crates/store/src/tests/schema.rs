use super::*;

/// Everything in the database but the tables that the full-text index keeps for itself.
const DUMP: &str = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
    AND NOT (type = 'table' AND name LIKE 'message\\_text\\_%' ESCAPE '\\') ORDER BY rowid";

#[tokio::test]
async fn the_schema_file_is_what_a_fresh_database_holds() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.read().await.unwrap();
    let statements: Vec<String> = sql::values(store::sealed::Connected::db(&tx), DUMP, vec![])
        .await
        .unwrap();
    let fresh = format!(
        "-- What a fresh database holds: the sum of all migrations. Kept true by a test, which rewrites it when run with\n\
         -- WARDLINE_WRITE_SCHEMA=1.\n\n{};\n",
        statements.join(";\n\n")
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.sql");
    if std::env::var_os("WARDLINE_WRITE_SCHEMA").is_some() {
        std::fs::write(&file, &fresh).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
    assert!(
        written == fresh,
        "schema.sql is stale: run this test once with WARDLINE_WRITE_SCHEMA=1 and look at the diff"
    );
}

#[tokio::test]
async fn every_table_is_strict() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.read().await.unwrap();
    let query = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
        AND name NOT LIKE 'sqlite_%'";
    let loose: Vec<String> = sql::values(store::sealed::Connected::db(&tx), query, vec![])
        .await
        .unwrap();
    assert_eq!(loose, Vec::<String>::new());
}

#[tokio::test]
async fn no_deletion_searches_a_table_for_rows_that_refer_to_the_deleted_one() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.read().await.unwrap();
    // Each foreign key whose column does not begin an index. Archives are never deleted.
    let query = "SELECT m.name || '.' || f.\"from\" FROM pragma_table_list AS m, pragma_foreign_key_list(m.name) AS f
        WHERE m.schema = 'main' AND f.\"table\" <> 'archive' AND NOT EXISTS (
            SELECT 1 FROM pragma_index_list(m.name) AS i, pragma_index_info(i.name) AS c
            WHERE c.seqno = 0 AND c.name = f.\"from\")
        AND NOT EXISTS (SELECT 1 FROM pragma_table_info(m.name) AS t WHERE t.name = f.\"from\" AND t.pk = 1)";
    let searched: Vec<String> = sql::values(store::sealed::Connected::db(&tx), query, vec![])
        .await
        .unwrap();
    assert_eq!(searched, Vec::<String>::new());
}
