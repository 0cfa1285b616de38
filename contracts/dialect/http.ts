/** HTTP: the routes of services whose documents give none; a site with other routes changes them here. */
export const http = {
  configService: {
    tenants: '/config/v1/tenants',
    /** Below one tenant: what is looked up by one key, and the devices with their operations. */
    objects: 'objects',
    devices: 'devices',
    /** The answer's waiting time, in seconds, while the store behind the service is lost. */
    retryAfterSeconds: 5,
  },
  externalCustomer: {
    customers: '/api/v1/customers',
    tickets: '/api/v1/tickets',
    recordings: '/api/v1/recordings',
    /** What a flow is configured to send; the example of the contract, never a secret. */
    authorization: 'Bearer sample-token',
  },
  objectStorage: {
    /** Comes first in every path, as the emulator of Azure Blob storage has it. */
    account: 'devstoreaccount1',
    container: 'voicemail',
    /** Where the messages of one mailbox lie, and what is known of the mailbox itself. */
    messages: (tenant: string, mailbox: string) => `${tenant}/${mailbox}/messages/`,
    mailbox: (tenant: string, mailbox: string) => `${tenant}/${mailbox}/mailbox.json`,
  },
} as const;
