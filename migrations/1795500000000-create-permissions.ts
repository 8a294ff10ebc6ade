import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What groups may do. The rows of PS_Developer are those that `src/common/access/permissions.ts` marks for developers;
 * a test holds the two together.
 */
export class CreatePermissions1795500000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE group_permissions (
        group_id integer NOT NULL CONSTRAINT fk_group_permissions_group REFERENCES groups ON DELETE CASCADE,
        permission varchar(64) NOT NULL,
        CONSTRAINT pk_group_permissions PRIMARY KEY (group_id, permission)
      );
      INSERT INTO group_permissions (group_id, permission)
      SELECT g.id, p.permission FROM groups g, (VALUES
        ('organization.view'), ('organization.configure'), ('memberships.manage'), ('runs.view'), ('runs.cancel'),
        ('capacity.use'), ('capacity.manage'), ('organizations.manage'), ('users.manage'), ('clusters.manage'),
        ('tokens.manage'), ('settings.manage'), ('audit.view')) AS p (permission)
      WHERE g.name = 'PS_Developer';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE group_permissions');
  }
}
