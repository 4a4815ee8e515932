# One image for all processes; docker-compose.yml runs each of them apart. By itself, with a volume on
# /var/lib/outcome-ledger, it runs the whole service on the embedded PostgreSQL.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install --omit=dev --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production OL_BIND=0.0.0.0 OL_DATA_DIR=/var/lib/outcome-ledger
WORKDIR /app
RUN install -d -o node -g node /var/lib/outcome-ledger
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
USER node
VOLUME /var/lib/outcome-ledger
EXPOSE 3000 4317 4318
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/apps/cli/src/main.js"]
CMD ["up"]
