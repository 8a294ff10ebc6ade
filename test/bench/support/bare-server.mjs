import Fastify from 'fastify';
import pg from 'pg';

/**
 * The fastest honest server for the question "is this user a member": Fastify, one query by primary key through a pool
 * of the service's size, prepared once per connection, one small JSON object. No authentication, no validation, no
 * framework. The distance of the service to it is what its structure costs.
 *
 * A process of its own: `node bare-server.mjs <database url>`; prints its address when it is ready.
 */
const [, , databaseUrl] = process.argv;
const POOL_SIZE = 10;
const QUERY = { name: 'active', text: 'SELECT is_active AS active FROM users WHERE id = $1' };

const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE });
const server = Fastify();
server.get('/users/:id', async (request) => {
  const { rows } = await pool.query({ ...QUERY, values: [request.params.id] });
  return { active: rows[0].active };
});
process.stdout.write(`Ready on ${await server.listen({ host: '127.0.0.1', port: 0 })}\n`);
